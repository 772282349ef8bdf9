// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

/**
 * Whether something of the platform can be used and, if not, why and what to do about it.
 *
 * <p>Asking never throws: the lack of a kernel feature is an answer, not an error.
 */
public sealed interface Availability {

    /** It can be used. */
    record Available() implements Availability {
        @Override
        public String toString() {
            return "available";
        }
    }

    /**
     * It cannot be used.
     *
     * @param reason what is missing or in the way, one sentence without a final stop
     * @param remedy what the user can do, one sentence without a final stop; empty if nothing
     */
    record Unavailable(String reason, String remedy) implements Availability {
        @Override
        public String toString() {
            return "unavailable: " + reason + (remedy.isEmpty() ? "" : " (" + remedy + ")");
        }
    }

    /** {@return the positive answer} */
    static Availability available() {
        return new Available();
    }

    /**
     * {@return the negative answer}
     *
     * @param reason what is missing or in the way
     * @param remedy what the user can do; empty if nothing
     */
    static Availability unavailable(String reason, String remedy) {
        return new Unavailable(reason, remedy);
    }

    /** {@return whether it can be used} */
    default boolean isAvailable() {
        return this instanceof Available;
    }

    /** {@return why it cannot be used; empty if it can} */
    default String reason() {
        return this instanceof Unavailable no ? no.reason() : "";
    }

    /**
     * {@return what the user can do so that it can be used; empty if it can, or if nothing helps}
     */
    default String remedy() {
        return this instanceof Unavailable no ? no.remedy() : "";
    }
}
