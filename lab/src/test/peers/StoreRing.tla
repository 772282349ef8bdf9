----------------------------- MODULE StoreRing -----------------------------
(* SPDX-License-Identifier: Apache-2.0 *)
(* CPUS CPUs in a ring, ROUNDS times each: x[me] = round; [smp_mb();] r = x[next].
   Only CPU i writes x[i], and it writes 1, 2, 3 in this order. So its store buffer is known by what
   it has issued and what is in memory. *)
EXTENDS Naturals

CONSTANTS CPUS, ROUNDS, FENCED
VARIABLES pc, memory, r

Cpus == 0..(CPUS - 1)
Issued(i) == (pc[i] + 1) \div 2

Init ==
    /\ pc = [i \in Cpus |-> 0]
    /\ memory = [i \in Cpus |-> 0]
    /\ r = [i \in Cpus |-> 0]

Store(i) ==
    /\ pc[i] < 2 * ROUNDS
    /\ pc[i] % 2 = 0
    /\ pc' = [pc EXCEPT ![i] = @ + 1]
    /\ UNCHANGED <<memory, r>>

Load(i) ==
    /\ pc[i] % 2 = 1
    /\ FENCED => memory[i] = Issued(i)
    /\ r' = [r EXCEPT ![i] = memory[(i + 1) % CPUS]]
    /\ pc' = [pc EXCEPT ![i] = @ + 1]
    /\ UNCHANGED memory

Drain(i) ==
    /\ memory[i] < Issued(i)
    /\ memory' = [memory EXCEPT ![i] = @ + 1]
    /\ UNCHANGED <<pc, r>>

Next == \E i \in Cpus : Store(i) \/ Load(i) \/ Drain(i)

Spec == Init /\ [][Next]_<<pc, memory, r>>
=============================================================================
