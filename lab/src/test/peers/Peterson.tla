------------------------------ MODULE Peterson ------------------------------
(* SPDX-License-Identifier: Apache-2.0 *)
(* CPUS CPUs take Peterson's lock ROUNDS times each and count in a place that it protects. Two CPUs
   are his algorithm for two, more are the one for many, with CPUS - 1 levels. If FENCED there is a
   barrier between the stores and the loads of each level. *)
EXTENDS TSO

CONSTANTS ROUNDS, FENCED
VARIABLES pc, round, level, other, seen

locals == <<pc, round, level, other, seen>>
vars == <<memory, buffer, locals>>

LevelOf(i) == i
Last(l) == CPUS + l - 1
Count == 2 * CPUS - 1

Init ==
    /\ memory = [place \in 0..Count |-> 0]
    /\ buffer = [i \in Cpus |-> <<>>]
    /\ pc = [i \in Cpus |-> "climb"]
    /\ round = [i \in Cpus |-> 0]
    /\ level = [i \in Cpus |-> 1]
    /\ other = [i \in Cpus |-> 0]
    /\ seen = [i \in Cpus |-> 0]

Goto(i, line) == pc' = [pc EXCEPT ![i] = line]

NextOther(i) == IF other[i] + 1 = i THEN i + 1 ELSE other[i] + 1

(* From one of the other CPUs to the next, then to the next level, then on. *)
Pass(i) ==
    IF NextOther(i) < CPUS THEN
        /\ other' = [other EXCEPT ![i] = NextOther(i)]
        /\ Goto(i, "look")
        /\ UNCHANGED level
    ELSE
        /\ other' = [other EXCEPT ![i] = 0]
        /\ level' = [level EXCEPT ![i] = IF @ + 1 < CPUS THEN @ + 1 ELSE 1]
        /\ Goto(i, IF level[i] + 1 < CPUS THEN "climb" ELSE "load")

Climb(i) ==
    /\ pc[i] = "climb"
    /\ Store(i, LevelOf(i), level[i])
    /\ Goto(i, "last")
    /\ UNCHANGED <<memory, round, level, other, seen>>

BeLast(i) ==
    /\ pc[i] = "last"
    /\ Store(i, Last(level[i]), i)
    /\ other' = [other EXCEPT ![i] = IF i = 0 THEN 1 ELSE 0]
    /\ Goto(i, "look")
    /\ UNCHANGED <<memory, round, level, seen>>

Look(i) ==
    /\ pc[i] = "look"
    /\ FENCED => Empty(i)
    /\ IF Load(i, LevelOf(other[i])) < level[i] THEN Pass(i)
       ELSE Goto(i, "look again") /\ UNCHANGED <<level, other>>
    /\ UNCHANGED <<memory, buffer, round, seen>>

LookAgain(i) ==
    /\ pc[i] = "look again"
    /\ IF Load(i, Last(level[i])) # i THEN Pass(i)
       ELSE Goto(i, "look") /\ UNCHANGED <<level, other>>
    /\ UNCHANGED <<memory, buffer, round, seen>>

LoadCount(i) ==
    /\ pc[i] = "load"
    /\ seen' = [seen EXCEPT ![i] = Load(i, Count)]
    /\ Goto(i, "store")
    /\ UNCHANGED <<memory, buffer, round, level, other>>

StoreCount(i) ==
    /\ pc[i] = "store"
    /\ Store(i, Count, seen[i] + 1)
    /\ seen' = [seen EXCEPT ![i] = 0]
    /\ Goto(i, "release")
    /\ UNCHANGED <<memory, round, level, other>>

Release(i) ==
    /\ pc[i] = "release"
    /\ Store(i, LevelOf(i), 0)
    /\ round' = [round EXCEPT ![i] = @ + 1]
    /\ Goto(i, IF round[i] + 1 < ROUNDS THEN "climb" ELSE "end")
    /\ UNCHANGED <<memory, level, other, seen>>

Next ==
    \E i \in Cpus :
        \/ Climb(i) \/ BeLast(i) \/ Look(i) \/ LookAgain(i)
        \/ LoadCount(i) \/ StoreCount(i) \/ Release(i)
        \/ Drain(i) /\ UNCHANGED locals

Spec == Init /\ [][Next]_vars

AllCounted == Drained /\ (\A i \in Cpus : pc[i] = "end") => memory[Count] = CPUS * ROUNDS
=============================================================================
