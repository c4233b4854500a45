package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no object is left without its passes. One whose pass is overdue is woken; if that
 * does not help, the process is called unwell and is to be restarted, which every step of every
 * plan allows for: the SDK before 5.5 may take an object to be under work for ever, after its cache
 * missed it once (its issue 3416), and then drops every event for it.
 */
public final class Watchdog {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** How long a pass may take, its client's own retries in an outage of the API server included. */
  private static final Duration GRACE = Duration.ofMinutes(5);

  /** How long the first pass over an object may let wait for itself. */
  private static final Duration FIRST = Duration.ofSeconds(20);

  private final Clock clock;
  private final Consumer<HasMetadata> wake;
  private final Consumer<String> gone;
  private final Map<String, Instant> due = new ConcurrentHashMap<>();
  private volatile Supplier<? extends Stream<? extends HasMetadata>> objects = Stream::of;
  private volatile boolean isWell = true;

  /**
   * @param wake has a pass made for the object
   * @param gone takes the uid of an object that went without a pass, its finalizer taken by hand
   */
  public Watchdog(Clock clock, Consumer<HasMetadata> wake, Consumer<String> gone) {
    this.clock = clock;
    this.wake = wake;
    this.gone = gone;
  }

  void watch(Supplier<? extends Stream<? extends HasMetadata>> cache) {
    objects = cache;
  }

  /** A pass begins. */
  void begin(String uid) {
    due.put(uid, clock.instant().plus(GRACE));
  }

  /** A pass is over; the next one is due after that time, or when something changes. */
  void end(String uid, Optional<Duration> recheck) {
    due.put(
        uid,
        recheck
            .map(after -> clock.instant().plus(after.multipliedBy(2)).plus(GRACE))
            .orElse(Instant.MAX));
  }

  /** Looks at every object that the cache knows; cheap, and without a call to anybody. */
  public void check() {
    Instant now = clock.instant();
    Set<String> present = new HashSet<>();
    objects.get().forEach(object -> check(object, now, present));
    due.keySet().stream().filter(uid -> !present.contains(uid)).toList().forEach(this::forget);
  }

  private void check(HasMetadata object, Instant now, Set<String> present) {
    String uid = object.getMetadata().getUid();
    present.add(uid);
    Instant limit = due.computeIfAbsent(uid, unseen -> now.plus(FIRST));
    if (limit.equals(Instant.MAX) && object.isMarkedForDeletion()) {
      due.put(uid, now.plus(GRACE));
    } else if (now.isAfter(limit)) {
      boolean isHopeless = now.isAfter(limit.plus(GRACE));
      LOG.warn(
          "a pass is overdue: object={}/{} since={} restart={}",
          object.getMetadata().getNamespace(),
          object.getMetadata().getName(),
          limit,
          isHopeless);
      wake.accept(object);
      isWell &= !isHopeless;
    }
  }

  private void forget(String uid) {
    due.remove(uid);
    gone.accept(uid);
  }

  /** Whether waking has always helped so far. */
  public boolean isWell() {
    return isWell;
  }
}
