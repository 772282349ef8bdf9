----------------------------- MODULE TicketLock -----------------------------
(* SPDX-License-Identifier: Apache-2.0 *)
(* CPUS CPUs take a ticket lock ROUNDS times each and count in a place that it protects. *)
EXTENDS TSO

CONSTANT ROUNDS
VARIABLES pc, round, ticket, seen

vars == <<memory, buffer, pc, round, ticket, seen>>

Init ==
    /\ memory = [place \in {"next", "owner", "count"} |-> 0]
    /\ buffer = [i \in Cpus |-> <<>>]
    /\ pc = [i \in Cpus |-> "take"]
    /\ round = [i \in Cpus |-> 0]
    /\ ticket = [i \in Cpus |-> 0]
    /\ seen = [i \in Cpus |-> 0]

Goto(i, line) == pc' = [pc EXCEPT ![i] = line]

Take(i) ==
    /\ pc[i] = "take"
    /\ Empty(i)
    /\ ticket' = [ticket EXCEPT ![i] = memory["next"]]
    /\ memory' = [memory EXCEPT !["next"] = @ + 1]
    /\ Goto(i, "wait")
    /\ UNCHANGED <<buffer, round, seen>>

Wait(i) ==
    /\ pc[i] = "wait"
    /\ Goto(i, IF Load(i, "owner") = ticket[i] THEN "load" ELSE "wait")
    /\ UNCHANGED <<memory, buffer, round, ticket, seen>>

LoadCount(i) ==
    /\ pc[i] = "load"
    /\ seen' = [seen EXCEPT ![i] = Load(i, "count")]
    /\ Goto(i, "store")
    /\ UNCHANGED <<memory, buffer, round, ticket>>

StoreCount(i) ==
    /\ pc[i] = "store"
    /\ Store(i, "count", seen[i] + 1)
    /\ seen' = [seen EXCEPT ![i] = 0]
    /\ Goto(i, "release")
    /\ UNCHANGED <<memory, round, ticket>>

Release(i) ==
    /\ pc[i] = "release"
    /\ Store(i, "owner", ticket[i] + 1)
    /\ ticket' = [ticket EXCEPT ![i] = 0]
    /\ round' = [round EXCEPT ![i] = @ + 1]
    /\ Goto(i, IF round[i] + 1 < ROUNDS THEN "take" ELSE "end")
    /\ UNCHANGED <<memory, seen>>

Next ==
    \E i \in Cpus :
        \/ Take(i) \/ Wait(i) \/ LoadCount(i) \/ StoreCount(i) \/ Release(i)
        \/ Drain(i) /\ UNCHANGED <<pc, round, ticket, seen>>

Spec == Init /\ [][Next]_vars

AllCounted ==
    Drained /\ (\A i \in Cpus : pc[i] = "end") => memory["count"] = CPUS * ROUNDS
=============================================================================
