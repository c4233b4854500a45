package io.streamjob.operator.core.upgrade.model;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes the moves that a world can make. */
interface Moves {

  /** When a move is made where everything is fair: of all that change something, the first. */
  enum Turn {
    /** What was broken is whole again; what was on its way arrives. */
    MEND,
    OPERATOR,
    WORLD,
    /** Seconds pass, as long as nobody looks closely. */
    CLOCK,
    /** Minutes pass, when nothing else can happen. */
    PATIENCE,
    /** Ill luck, or the user's will: never where everything is fair. */
    FATE
  }

  /** Adds a move. */
  void add(Turn turn, Supplier<String> story, Consumer<World> change);

  /** Whether a fair move so far changes something. */
  boolean isBusy();
}
