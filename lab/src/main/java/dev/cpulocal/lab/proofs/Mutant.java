// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

/** What the library could have wrong: each makes a proof fail that holds without it. */
enum Mutant {
    /* ------------------------- The machine code around the ops ------------------------- */

    INDEX_OUTSIDE("index outside", "The CPU's index is read before rseq_cs is stored."),
    SECTION_TOO_SHORT("section too short", "The section ends before its commit."),
    SECTION_TOO_LONG("section too long", "The section ends only after its commit."),
    COMMIT_NOT_LAST("commit not last", "The commit comes before a speculative store."),
    DESCRIPTOR_ONCE("descriptor once", "A sequence that is tried again does not store rseq_cs."),
    REGISTRATION_UNTESTED(
            "registration untested",
            "The index is cpu_id_start, which is 0 in a thread that is not registered."),
    STOP_WORD_UNTESTED("stop word untested", "The stop word is not tested."),
    STOP_WORD_OUTSIDE("stop word outside", "The stop word is tested before rseq_cs is stored."),
    STOP_WORD_PLAIN(
            "stop word plain", "Loads of the sequence may come before that of the stop word."),

    /* ------------------------- The completion from elsewhere ------------------------- */

    NO_STOP_WORD("no stop word", "The range is fenced, but its stop word is not set."),
    NO_FENCE("no fence", "The stop word is set, but nothing is fenced."),
    FENCE_FIRST("fence first", "The fence comes before the store to the stop word."),
    FENCE_WITHOUT_RESTART(
            "fence without restart", "The fence is PRIVATE_EXPEDITED, which restarts no sections."),
    FENCE_ELSEWHERE("fence elsewhere", "The fence is on the caller's CPU, not on the range's."),
    RELEASE_PLAIN("release plain", "The stop word is cleared by a store without order."),
    RELEASE_EARLY("release early", "The stop word is cleared before the work is done."),
    NO_TURNS("no turns", "Nothing keeps two threads from working on a range at once."),

    /* ------------------------- Split halves ------------------------- */

    SAME_HALF("same half", "The atomic addition is made to the word that sequences add to."),
    RESET_BY_STORE(
            "reset by store", "A reset stores 0 to the words instead of adding the negative sum.");

    private final String title;
    private final String text;

    Mutant(String title, String text) {
        this.title = title;
        this.text = text;
    }

    /** {@return two or three words} */
    String title() {
        return title;
    }

    /** {@return a sentence} */
    String text() {
        return text;
    }
}
