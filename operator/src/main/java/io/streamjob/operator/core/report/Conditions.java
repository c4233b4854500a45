package io.streamjob.operator.core.report;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Condition.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A set of conditions in the making; transition times are carried over from the last one. */
public final class Conditions {

  private static final int MAX_MESSAGE = 2000;

  private final List<Condition> before;
  private final List<Condition> conditions = new ArrayList<>();
  private final long generation;
  private final Instant now;

  /**
   * @param before the conditions as they stand in the status
   * @param generation the generation that the new ones speak of
   */
  public Conditions(List<Condition> before, long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = now;
  }

  /** Adds one; its transition time moves only when its status does. */
  public Conditions add(ConditionType type, Status status, String reason, String message) {
    String name = type.name();
    Optional<Condition> former =
        before.stream()
            .filter(old -> old.type().equals(name) && old.status() == status)
            .findFirst();
    conditions.add(
        new Condition(
            name,
            status,
            reason,
            bounded(message),
            former.map(Condition::lastTransitionTime).orElseGet(() -> time(now)),
            generation));
    return this;
  }

  /** All that were added, in that order. */
  public List<Condition> list() {
    return List.copyOf(conditions);
  }

  /** An RFC 3339 time in whole seconds, as Kubernetes writes them. */
  public static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String bounded(String message) {
    if (message.length() <= MAX_MESSAGE) {
      return message;
    }
    // Half a character cannot be written as UTF-8.
    int end =
        Character.isHighSurrogate(message.charAt(MAX_MESSAGE - 1)) ? MAX_MESSAGE - 1 : MAX_MESSAGE;
    return message.substring(0, end) + " …";
  }
}
