package io.streamjob.operator.core.upgrade.model;

import java.util.List;
import java.util.Map;

/**
 * A bounded part of all that may happen.
 *
 * @param about what may happen in it, in words
 * @param wishes what the user may ask for; the first of them at the beginning
 * @param fates what may go wrong, and how often
 * @param begins where it begins
 * @param checkpoints how many checkpoints a job completes at most
 */
record Scope(
    String name,
    String about,
    List<Wish> wishes,
    Map<Fate, Integer> fates,
    Begins begins,
    int checkpoints) {

  enum Begins {
    /** Before anything was done. */
    NEW,
    /** When the first wish has come true. */
    SETTLED
  }

  Scope {
    wishes = List.copyOf(wishes);
    fates = Map.copyOf(fates);
  }
}
