-------------------------------- MODULE Urcu --------------------------------
(* SPDX-License-Identifier: Apache-2.0 *)
(* User-space RCU with memory barriers: readers, which are all CPUs but the last, go on for ever;
   the writer replaces what they read UPDATES times. There are two places for data: while one is
   published the other is poison. MB is whether the writer has its barriers, FLIPS how often it
   changes the phase. The models without smp_wmb() or smp_rmb() are the same as this one: neither
   does anything on x86. *)
EXTENDS TSO

CONSTANTS UPDATES, FLIPS, MB
VARIABLES pc, seen, update, flip, reader, phase, published, poisoned

writer == <<update, flip, reader, phase, published>>
locals == <<pc, seen, writer, poisoned>>
vars == <<memory, buffer, locals>>

W == CPUS - 1
Readers == 0..(W - 1)

Period == 0
Pointer == 1
Data(which) == 2 + which
ReaderOf(i) == 4 + i

(* What says how deep a reader is nested: a phase, and whether it is in a section at all. *)
Counter(phaseBit, nesting) == 2 * phaseBit + nesting
Nesting(counter) == counter % 2
Phase(counter) == counter \div 2
Flipped(counter) == Counter(1 - Phase(counter), Nesting(counter))

Wine == 1
Poison == 0

Init ==
    /\ memory = [place \in 0..(3 + W) |->
                    IF place = Period THEN Counter(0, 1)
                    ELSE IF place = Data(0) THEN Wine ELSE 0]
    /\ buffer = [i \in Cpus |-> <<>>]
    /\ pc = [i \in Cpus |-> IF i = W THEN "publish" ELSE "lock"]
    /\ seen = [i \in Cpus |-> 0]
    /\ update = 0 /\ flip = 0 /\ reader = 0 /\ phase = 0 /\ published = 0
    /\ poisoned = FALSE

Goto(i, line) == pc' = [pc EXCEPT ![i] = line]
See(i, value) == seen' = [seen EXCEPT ![i] = value]

(* -- Readers -- *)

LoadPeriod(i) ==
    /\ pc[i] = "lock"
    /\ See(i, Load(i, Period))
    /\ Goto(i, "enter")
    /\ UNCHANGED <<memory, buffer, writer, poisoned>>

Enter(i) ==
    /\ pc[i] = "enter"
    /\ Store(i, ReaderOf(i), seen[i])
    /\ See(i, 0)
    /\ Goto(i, "pointer")
    /\ UNCHANGED <<memory, writer, poisoned>>

LoadPointer(i) ==
    /\ pc[i] = "pointer"
    /\ Empty(i)
    /\ See(i, Load(i, Pointer))
    /\ Goto(i, "data")
    /\ UNCHANGED <<memory, buffer, writer, poisoned>>

LoadData(i) ==
    /\ pc[i] = "data"
    /\ poisoned' = (Load(i, Data(seen[i])) = Poison)
    /\ See(i, 0)
    /\ Goto(i, "unlock")
    /\ UNCHANGED <<memory, buffer, writer>>

LoadOwn(i) ==
    /\ pc[i] = "unlock"
    /\ Empty(i)
    /\ See(i, Load(i, ReaderOf(i)))
    /\ Goto(i, "leave")
    /\ UNCHANGED <<memory, buffer, writer, poisoned>>

Leave(i) ==
    /\ pc[i] = "leave"
    /\ Store(i, ReaderOf(i), seen[i] - 1)
    /\ See(i, 0)
    /\ Goto(i, "lock")
    /\ UNCHANGED <<memory, writer, poisoned>>

(* -- The writer -- *)

Barrier == MB => Empty(W)

WriteData ==
    /\ pc[W] = "publish"
    /\ Store(W, Data(1 - published), Wine)
    /\ Goto(W, "point")
    /\ UNCHANGED <<memory, seen, writer, poisoned>>

Publish ==
    /\ pc[W] = "point"
    /\ Store(W, Pointer, 1 - published)
    /\ published' = 1 - published
    /\ Goto(W, "change")
    /\ UNCHANGED <<memory, seen, update, flip, reader, phase, poisoned>>

LoadPhase ==
    /\ pc[W] = "change"
    /\ Barrier
    /\ phase' = Flipped(Load(W, Period))
    /\ Goto(W, "flip")
    /\ UNCHANGED <<memory, buffer, seen, update, flip, reader, published, poisoned>>

Flip ==
    /\ pc[W] = "flip"
    /\ Store(W, Period, phase)
    /\ Goto(W, "look")
    /\ UNCHANGED <<memory, seen, writer, poisoned>>

Busy(counter) == Nesting(counter) = 1 /\ Phase(counter) # Phase(phase)

Look ==
    /\ pc[W] = "look"
    /\ Barrier
    /\ IF Busy(Load(W, ReaderOf(reader))) THEN UNCHANGED <<pc, reader, phase, flip>>
       ELSE IF reader + 1 < W THEN reader' = reader + 1 /\ UNCHANGED <<pc, phase, flip>>
       ELSE
           /\ reader' = 0
           /\ phase' = 0
           /\ flip' = (flip + 1) % FLIPS
           /\ Goto(W, IF flip + 1 < FLIPS THEN "change" ELSE "free")
    /\ UNCHANGED <<memory, buffer, seen, update, published, poisoned>>

Free ==
    /\ pc[W] = "free"
    /\ Barrier
    /\ Store(W, Data(1 - published), Poison)
    /\ update' = update + 1
    /\ Goto(W, IF update + 1 < UPDATES THEN "publish" ELSE "end")
    /\ UNCHANGED <<memory, seen, flip, reader, phase, published, poisoned>>

Next ==
    \/ \E i \in Readers :
        \/ LoadPeriod(i) \/ Enter(i) \/ LoadPointer(i) \/ LoadData(i) \/ LoadOwn(i) \/ Leave(i)
    \/ WriteData \/ Publish \/ LoadPhase \/ Flip \/ Look \/ Free
    \/ \E i \in Cpus : Drain(i) /\ UNCHANGED locals

Spec == Init /\ [][Next]_vars

NeverPoison == ~poisoned
=============================================================================
