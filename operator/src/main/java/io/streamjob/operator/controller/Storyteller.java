package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.streamjob.operator.kube.Cluster;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells the stories of objects as Events, none twice in a row, and not more than can be read. */
final class Storyteller {

  /** How long a sentence stays told. */
  static final Duration MEMORY = Duration.ofMinutes(10);

  /** The most that is told of one object in that time. */
  static final int MOST = 50;

  private final Cluster cluster;
  private final Clock clock;
  private final Map<String, Map<String, Instant>> told = new ConcurrentHashMap<>();

  Storyteller(Cluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /** Tells a sentence, unless it is still told or too much is. */
  void tell(HasMetadata about, String reason, String message, boolean isWarning) {
    if (isNew(about.getMetadata().getUid(), reason + ": " + message)) {
      cluster.event(about, reason, message, isWarning);
    }
  }

  private boolean isNew(String uid, String sentence) {
    Instant now = clock.instant();
    Map<String, Instant> sentences = told.computeIfAbsent(uid, first -> new LinkedHashMap<>());
    synchronized (sentences) {
      sentences.values().removeIf(at -> !at.plus(MEMORY).isAfter(now));
      return sentences.size() < MOST && sentences.putIfAbsent(sentence, now) == null;
    }
  }

  /** Forgets an object that is gone. */
  void forget(String uid) {
    told.remove(uid);
  }
}
