-------------------------------- MODULE TSO --------------------------------
(* SPDX-License-Identifier: Apache-2.0 *)
(* x86-TSO: a first-in first-out store buffer for each CPU. *)
EXTENDS Naturals, Sequences

CONSTANT CPUS
VARIABLES memory, buffer

Cpus == 0..(CPUS - 1)

Empty(i) == buffer[i] = <<>>

Store(i, place, value) == buffer' = [buffer EXCEPT ![i] = Append(@, <<place, value>>)]

(* The youngest entry of the own buffer, else memory. *)
RECURSIVE Held(_, _, _)
Held(entries, length, place) ==
    IF length = 0 THEN memory[place]
    ELSE IF entries[length][1] = place THEN entries[length][2]
    ELSE Held(entries, length - 1, place)

Load(i, place) == Held(buffer[i], Len(buffer[i]), place)

(* The oldest entry of a CPU's buffer goes to memory. *)
Drain(i) ==
    /\ ~Empty(i)
    /\ memory' = [memory EXCEPT ![Head(buffer[i])[1]] = Head(buffer[i])[2]]
    /\ buffer' = [buffer EXCEPT ![i] = Tail(@)]

Drained == \A i \in Cpus : Empty(i)
=============================================================================
