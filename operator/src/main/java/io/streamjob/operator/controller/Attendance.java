package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Sees to it that the objects of one reconciler get their passes: when woken, and when overdue. */
final class Attendance<T extends HasMetadata> {

  private final SimpleInboundEventSource<T> source = new SimpleInboundEventSource<>("wakeups");
  private final Wakeups wakeups;
  private final Watchdog watchdog;
  private final UnaryOperator<T> newest;

  /**
   * @param newest what is known of an object beyond what the cache shows
   * @param gone takes the uid of an object that went without a pass
   */
  Attendance(Wakeups wakeups, Clock clock, UnaryOperator<T> newest, Consumer<String> gone) {
    this.newest = newest;
    this.wakeups = wakeups;
    this.watchdog =
        new Watchdog(
            clock,
            // Also those that no pass has made known.
            object -> source.propagateEvent(ResourceID.fromResource(object)),
            uid -> {
              gone.accept(uid);
              wakeups.forget(uid);
            });
  }

  Watchdog watchdog() {
    return watchdog;
  }

  /** What has passes made for objects that were woken. */
  EventSource<?, T> source() {
    return source;
  }

  /** A pass begins; returns the object as it is to be seen. */
  T begin(T cached) {
    String uid = cached.getMetadata().getUid();
    wakeups.register(uid, source, ResourceID.fromResource(cached));
    watchdog.begin(uid);
    return newest.apply(cached);
  }

  /** A pass is over; the next one is due after that time, or when something changes. */
  void end(T object, Optional<Duration> recheck) {
    watchdog.end(object.getMetadata().getUid(), recheck);
  }

  /** The last pass is over. */
  void release(T object) {
    wakeups.forget(object.getMetadata().getUid());
  }
}
