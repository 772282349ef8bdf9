// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single instructions do, one thread at a time. */
class InstructionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "MOV EAX,$5; ADD EAX,$3; MOV [x],EAX @ 0:EAX=8; [x]=8;",
                "MOV EAX,$7; XCHG EAX,[x] @ 0:EAX=3; [x]=7;",
                "LOCK ADD [x],$-1; MOV EAX,[x] @ 0:EAX=2; [x]=2;",
                "LOCK INC [x]; MOV EAX,$1; LOCK XADD [x],EAX @ 0:EAX=4; [x]=5;",
                "MOV EAX,$3; MOV EBX,$9; LOCK CMPXCHG [x],EBX @ 0:EAX=3; [x]=9;",
                "MOV EAX,$4; MOV EBX,$9; LOCK CMPXCHG [x],EBX @ 0:EAX=3; [x]=3;",
                "INC [x]; DEC [x]; XOR EAX,EAX; OR EAX,$6; AND EAX,$3 @ 0:EAX=2; [x]=3;",
                "CMP [x],$3; JE a; MOV EAX,$1; a: MOV [x],$2 @ 0:EAX=0; [x]=2;",
                "CMP [x],$4; JL a; MOV EAX,$1; a: MFENCE; SFENCE; LFENCE @ 0:EAX=0; [x]=3;",
                "MOV EAX,[x]; SUB EAX,$5; JNS a; MOV [x],EAX; a: NOP @ 0:EAX=-2; [x]=-2;",
            })
    void x86(String code, String state) {
        check("X86", "x=3", code, "0:EAX; x;", state);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "movl $5,%eax; addl $3,%eax; movl %eax,(x) @ 0:rax=8; [x]=8;",
                "movl $7,%eax; xchgl (x),%eax @ 0:rax=3; [x]=7;",
                "movb $255,%al; movl %eax,(x) @ 0:rax=255; [x]=255;",
                "movl 0(%rbx,%rcx,4),%eax @ 0:rax=3; [x]=3;",
                "movl $3,%eax; movl $9,%ecx; lock cmpxchgl (x),%ecx @ 0:rax=3; [x]=9;",
                "movl $1,%eax; shl $4,%eax; cmpl $16,%eax; je a; movl $0,(x); a: nop"
                        + " @ 0:rax=16; [x]=3;",
            })
    void x8664(String code, String state) {
        check("X86_64", "x=3; 0:rbx=x", code, "0:rax; x;", state);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "LDR W0,[X1]; ADD W0,W0,#4; STR W0,[X1] @ 0:X0=7; [x]=7;",
                "MOV W0,#1; SUB W0,W0,#2; STR W0,[X1] @ 0:X0=-1; [x]=-1;",
                "MOV W2,#-1; LDADD W2,W0,[X1] @ 0:X0=3; [x]=2;",
                "MOV W2,#-4; LDSMIN W2,W0,[X1] @ 0:X0=3; [x]=-4;",
                "MOV W2,#1; LDCLR W2,W0,[X1] @ 0:X0=3; [x]=2;",
                "MOV W2,#8; STSET W2,[X1]; LDR W0,[X1] @ 0:X0=11; [x]=11;",
                "MOV W2,#8; SWPAL W2,W0,[X1] @ 0:X0=3; [x]=8;",
                "MOV W0,#3; MOV W2,#9; CASA W0,W2,[X1] @ 0:X0=3; [x]=9;",
                "MOV W0,#4; MOV W2,#9; CASL W0,W2,[X1] @ 0:X0=3; [x]=3;",
                "MOV X2,#4; LDR W0,[X4,X2]; STR W0,[X1] @ 0:X0=6; [x]=6;",
                "MOV W2,#1; LDR W0,[X4,W2,SXTW #2] @ 0:X0=6; [x]=3;",
                "LDR W0,[X4],#4; LDR W2,[X4,#4]!; ADD W0,W0,W2 @ 0:X0=12; [x]=3;",
                "LDP W0,W2,[X4]; SUB W0,W0,W2 @ 0:X0=-1; [x]=3;",
                "LDR W2,[X1]; CMP W2,#3; CSET W0,EQ @ 0:X0=1; [x]=3;",
                "LDR W2,[X1]; CMP W2,#4; CSINC W0,W2,W2,GE @ 0:X0=4; [x]=3;",
                "MOV W2,#2; CMP W2,#3; B.LO a; MOV W0,#1; a: NOP @ 0:X0=0; [x]=3;",
                "MOVZ W0,#1,LSL #16; MOVK W0,#5; AND W0,W0,#7 @ 0:X0=5; [x]=3;",
                "MOV W2,#6; EOR W0,W2,W2,LSR #1; BIC W0,W0,#1 @ 0:X0=4; [x]=3;",
                "TBNZ W0,#0,a; MOV W0,#1; a: CBZ W0,b; MVN W0,W0; b: ISB @ 0:X0=-2; [x]=3;",
            })
    void aarch64(String code, String state) {
        check("AArch64", "x=3; int t[3]={5,6,7}; 0:X1=x; 0:X4=t", code, "0:X0; x;", state);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "lw a0,0(x6); addi a0,a0,-4; sw a0,0(x6) @ 0:x10=-1; [x]=-1;",
                "li x5,-1; amoadd.w.aqrl a0,x5,(x6) @ 0:x10=3; [x]=2;",
                "li x5,-1; amomaxu.w a0,x5,(x6) @ 0:x10=3; [x]=-1;",
                "li x5,9; amoswap.w.aq a0,x5,0(x6) @ 0:x10=3; [x]=9;",
                "lw a0,4(x7); slli a0,a0,2; xori a0,a0,1 @ 0:x10=25; [x]=3;",
                "li x5,2; bltu x5,x0,a; li a0,1; a: fence; fence.tso; fence.i @ 0:x10=1; [x]=3;",
                "lui a0,1; srli a0,a0,4; sltiu x5,a0,300; sub a0,a0,x5 @ 0:x10=255; [x]=3;",
                "sc.w a0,x5,(x6) @ 0:x10=1; [x]=3;",
            })
    void riscV(String code, String state) {
        check("RISCV", "x=3; int t[2]={5,6}; 0:x6=x; 0:x7=t", code, "0:x10; x;", state);
    }

    private static void check(String word, String init, String code, String shown, String state) {
        assertEquals(state, Litmus.alone(word, init, code.replace("; ", "\n"), shown));
    }
}
