package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.streamjob.operator.kube.Cluster;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells the stories of objects as Events, and not more than can be read. */
final class Storyteller {

  /** How long a sentence stays told. */
  static final Duration MEMORY = Duration.ofMinutes(10);

  /** The most that is told of one object in that time. */
  static final int MOST = 150;

  /**
   * How often the same is told in that time: what happens again and again leaves room for what is
   * new.
   */
  static final int AGAIN = 10;

  private record Told(String sentence, Instant at) {}

  private final Cluster cluster;
  private final Clock clock;
  private final Map<String, Deque<Told>> told = new ConcurrentHashMap<>();

  Storyteller(Cluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /** Tells what happened just now, as often as it happens. */
  void tell(HasMetadata about, String reason, String message, boolean isWarning) {
    tell(about, reason, message, isWarning, true);
  }

  /** Tells how things are, unless that is still told. */
  void mention(HasMetadata about, String reason, String message, boolean isWarning) {
    tell(about, reason, message, isWarning, false);
  }

  private void tell(
      HasMetadata about, String reason, String message, boolean isWarning, boolean isAgain) {
    var now = new Told(reason + ": " + message, clock.instant());
    Deque<Told> former =
        told.computeIfAbsent(about.getMetadata().getUid(), first -> new ArrayDeque<>());
    synchronized (former) {
      former.removeIf(old -> !old.at().plus(MEMORY).isAfter(now.at()));
      long times = former.stream().filter(old -> old.sentence().equals(now.sentence())).count();
      if (former.size() >= MOST || times >= (isAgain ? AGAIN : 1)) {
        return;
      }
      former.add(now);
    }
    cluster.event(about, reason, message, isWarning);
  }

  /** Forgets an object that is gone. */
  void forget(String uid) {
    told.remove(uid);
  }
}
