/* SPDX-License-Identifier: Apache-2.0 */
/* x86-TSO: a first-in first-out store buffer for each CPU.
 * The file that includes this one defines CPUS, PLACES, INITIAL (what they hold), and for buffers
 * of n entries DEPTH as n, LOAD as LOADn and MOVE_UP as MOVEn.
 * An entry is place << 4 | value. Unused entries are 0, so that equal states are equal. */
typedef Buffer {
  byte length;
  byte entry[DEPTH]
};

byte memory[PLACES] = INITIAL;
Buffer buffer[CPUS];

#define EMPTY (buffer[_pid].length == 0)
#define HELD(at) buffer[_pid].entry[at]

#define STORE(place, value) \
  HELD(buffer[_pid].length) = (place) << 4 | (value); \
  buffer[_pid].length++

/* The youngest entry of the own buffer, else memory. */
#define YOUNGEST(at, place, older) \
  (buffer[_pid].length > at && HELD(at) >> 4 == (place) -> (HELD(at) & 15) : older)
#define LOAD1(place) YOUNGEST(0, place, memory[place])
#define LOAD2(place) YOUNGEST(1, place, LOAD1(place))
#define LOAD3(place) YOUNGEST(2, place, LOAD2(place))
#define LOAD4(place) YOUNGEST(3, place, LOAD3(place))
#define LOAD5(place) YOUNGEST(4, place, LOAD4(place))
#define LOAD6(place) YOUNGEST(5, place, LOAD5(place))

/* The oldest entry of a CPU's buffer goes to memory; the others move up. */
#define MOVE1(b) b.entry[0] = 0
#define MOVE2(b) b.entry[0] = b.entry[1]; b.entry[1] = 0
#define MOVE3(b) b.entry[0] = b.entry[1]; b.entry[1] = b.entry[2]; b.entry[2] = 0
#define MOVE4(b) b.entry[0] = b.entry[1]; b.entry[1] = b.entry[2]; b.entry[2] = b.entry[3]; \
  b.entry[3] = 0
#define MOVE5(b) b.entry[0] = b.entry[1]; b.entry[1] = b.entry[2]; b.entry[2] = b.entry[3]; \
  b.entry[3] = b.entry[4]; b.entry[4] = 0
#define MOVE6(b) b.entry[0] = b.entry[1]; b.entry[1] = b.entry[2]; b.entry[2] = b.entry[3]; \
  b.entry[3] = b.entry[4]; b.entry[4] = b.entry[5]; b.entry[5] = 0

#define DRAIN(b) \
  :: atomic { \
    b.length > 0 -> \
    memory[b.entry[0] >> 4] = b.entry[0] & 15; \
    b.length--; \
    MOVE_UP(b) \
  }
