package io.streamjob.operator.core.spec;

import java.util.Optional;

/** A spec, understood or not. */
public sealed interface ParsedSpec {

  /** The spec makes sense. */
  record Valid(Desired desired) implements ParsedSpec {}

  /**
   * The spec asks for what cannot be.
   *
   * @param message the field at fault and the remedy
   */
  record Invalid(long generation, String message) implements ParsedSpec {}

  /** What is wanted, if that is clear. */
  default Optional<Desired> wanted() {
    return this instanceof Valid valid ? Optional.of(valid.desired()) : Optional.empty();
  }
}
