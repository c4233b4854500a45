package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.JobState;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A revision's objects, pods and Flink. Changes only with the {@link World} that it is part of. */
final class Cluster {

  /** What the newest pods are at. */
  enum Pods {
    NONE,
    STARTING,
    UP,
    /** The JobManager's process ended, and the next one is not there yet. */
    DOWN
  }

  final int revision;
  final Version version;
  boolean isApplied;
  Pods pods = Pods.NONE;

  /** Whether pods of deleted objects are still there. */
  boolean isEnding;

  boolean isSilent;
  final NavigableMap<String, Job> jobs;

  /** By operation id. */
  final NavigableMap<String, Stop> stops;

  /** Jobs whose TaskManagers have lost their JobManager and may still write. */
  final NavigableSet<String> zombies;

  /** What high availability remembers, by job. */
  final NavigableMap<String, Kept> plans;

  /** How jobs ended, as high availability has written it down. */
  final NavigableMap<String, JobState> results;

  Cluster(int revision, Version version) {
    this.revision = revision;
    this.version = version;
    this.jobs = new TreeMap<>();
    this.stops = new TreeMap<>();
    this.zombies = new TreeSet<>();
    this.plans = new TreeMap<>();
    this.results = new TreeMap<>();
  }

  Cluster(Cluster other) {
    this.revision = other.revision;
    this.version = other.version;
    this.isApplied = other.isApplied;
    this.pods = other.pods;
    this.isEnding = other.isEnding;
    this.isSilent = other.isSilent;
    this.jobs = new TreeMap<>(other.jobs);
    this.stops = new TreeMap<>(other.stops);
    this.zombies = new TreeSet<>(other.zombies);
    this.plans = new TreeMap<>(other.plans);
    this.results = new TreeMap<>(other.results);
  }

  boolean answers() {
    return isApplied && pods == Pods.UP && !isSilent && version != Version.NO_JAR;
  }

  int remains() {
    return (isApplied ? 4 : 0) + (isEnding ? 1 : 0);
  }

  Optional<Job> job(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  void put(Job job) {
    jobs.put(job.id(), job);
  }

  void apply() {
    if (!isApplied) {
      isApplied = true;
      pods = Pods.STARTING;
    }
  }

  void delete() {
    if (isApplied) {
      isApplied = false;
      isSilent = false;
      isEnding = true;
      pods = Pods.NONE;
      loseProcess();
      plans.clear();
    }
  }

  void die() {
    pods = Pods.DOWN;
    loseProcess();
  }

  private void loseProcess() {
    jobs.values().stream().filter(Job::isWriting).map(Job::id).forEach(zombies::add);
    jobs.clear();
    stops.clear();
  }

  /** A new JobManager takes up every plan whose key has its name. */
  void restart(World world) {
    pods = Pods.UP;
    plans.forEach((id, kept) -> {
      if (!kept.isParked()) {
        Optional<String> from = world.checkpoint(id).or(kept::from);
        put(new Job(id, JobState.INITIALIZING, from, 0, true));
      }
    });
  }

  /** Adds the jobs of this cluster that write, or may. */
  void addWriters(Set<String> writers) {
    writers.addAll(zombies);
    jobs.values().stream().filter(Job::isWriting).map(Job::id).forEach(writers::add);
  }

  void feed(Key key) {
    key.add(revision).add(version).add(pods).add(isApplied).add(isEnding).add(isSilent);
    key.add(jobs.size());
    for (Job job : jobs.values()) {
      key.add(job.id()).add(job.state()).add(job.from()).add(job.seen()).add(job.isBack());
    }
    key.add(stops.size());
    stops.forEach((id, stop) -> key.add(id).add(stop.job()).add(stop.phase()));
    key.add(zombies.size());
    zombies.forEach(key::add);
    key.add(plans.size());
    plans.forEach((id, kept) -> key.add(id).add(kept.from()).add(kept.isParked()));
    key.add(results.size());
    results.forEach((id, state) -> key.add(id).add(state));
  }
}
