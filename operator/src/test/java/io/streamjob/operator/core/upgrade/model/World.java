package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One state of everything. A move copies it, changes the copy, and leaves it alone from then on.
 */
final class World {

  /** The id of a savepoint that somebody else takes. */
  static final String ELSEWHERE = "e".repeat(32);

  final Scope scope;
  Known known;
  boolean isReleased;
  Wish wish;
  int generation;

  /** How long the attempt in progress has been tried: 0 just begun, 1 a minute, 2 overdue. */
  int elapsed;

  /** Whether the operator has just started and has not looked at any cluster. */
  boolean isUnseen;

  final NavigableMap<String, Heard> replies;
  final List<Flight> flights;
  final NavigableMap<Integer, Cluster> clusters;

  /** What the operator goes on seeing of a revision. */
  final NavigableMap<Integer, RevisionView> frozen;

  Optional<Paused> paused;

  /** The number of the newest complete checkpoint, by job. */
  final NavigableMap<String, Integer> checkpoints;

  /** The job that a complete savepoint stopped, by operation id. */
  final NavigableMap<String, String> savepoints;

  /** Jobs that came to the end of their input. */
  final NavigableSet<String> ended;

  /** Those of them of which that is written down. */
  final NavigableSet<String> over;

  boolean isStorageDown;

  /** Whether somebody else owns the job's folder in the storage. */
  boolean isTaken;

  /** Whether the plan in progress was once told that the folder is the job's. */
  boolean isClaimed;

  /** Where the newest state lies that must not be lost; empty while there is none. */
  Optional<String> newest;

  long budget;

  World(Scope scope) {
    this.scope = scope;
    this.known = Known.of(MachineState.NEW);
    this.wish = scope.wishes().getFirst();
    this.generation = 1;
    this.replies = new TreeMap<>();
    this.flights = new ArrayList<>();
    this.clusters = new TreeMap<>();
    this.frozen = new TreeMap<>();
    this.paused = Optional.empty();
    this.checkpoints = new TreeMap<>();
    this.savepoints = new TreeMap<>();
    this.ended = new TreeSet<>();
    this.over = new TreeSet<>();
    this.newest = Optional.empty();
  }

  World(World other) {
    this.scope = other.scope;
    this.known = other.known;
    this.isReleased = other.isReleased;
    this.wish = other.wish;
    this.generation = other.generation;
    this.elapsed = other.elapsed;
    this.isUnseen = other.isUnseen;
    this.replies = new TreeMap<>(other.replies);
    this.flights = new ArrayList<>(other.flights);
    this.clusters = new TreeMap<>();
    other.clusters.forEach((number, cluster) -> clusters.put(number, new Cluster(cluster)));
    this.frozen = new TreeMap<>(other.frozen);
    this.paused = other.paused;
    this.checkpoints = new TreeMap<>(other.checkpoints);
    this.savepoints = new TreeMap<>(other.savepoints);
    this.ended = new TreeSet<>(other.ended);
    this.over = new TreeSet<>(other.over);
    this.isStorageDown = other.isStorageDown;
    this.isTaken = other.isTaken;
    this.isClaimed = other.isClaimed;
    this.newest = other.newest;
    this.budget = other.budget;
  }

  MachineState machine() {
    return known.state();
  }

  Optional<Executing> executing() {
    return machine().upgrade() instanceof Executing executing
        ? Optional.of(executing)
        : Optional.empty();
  }

  Optional<Plan> plan() {
    return plan(machine());
  }

  private static Optional<Plan> plan(MachineState state) {
    return state.upgrade() instanceof Executing executing
        ? Optional.of(executing.plan())
        : Optional.empty();
  }

  Cluster cluster(int revision) {
    return clusters.get(revision);
  }

  boolean isLeft(Fate fate) {
    return fate.isLeft(budget);
  }

  World spend(Fate fate) {
    budget = fate.spend(budget);
    return this;
  }

  static String checkpoint(String job, int number) {
    return "checkpoints/%s/chk-%d".formatted(job, number);
  }

  static String savepoint(String operationId) {
    return "savepoints/" + operationId;
  }

  /** The newest complete checkpoint of a job. */
  Optional<String> checkpoint(String job) {
    return Optional.ofNullable(checkpoints.get(job)).map(number -> checkpoint(job, number));
  }

  boolean hasSnapshot(String location) {
    return checkpoints.keySet().stream()
            .flatMap(job -> checkpoint(job).stream())
            .anyMatch(location::equals)
        || savepoints.keySet().stream().map(World::savepoint).anyMatch(location::equals);
  }

  /** Whether a complete savepoint stopped this job, or was to. */
  boolean isSaved(String job) {
    return savepoints.containsValue(job);
  }

  /** Every job that writes, or may. */
  Set<String> writers() {
    var writers = new HashSet<String>();
    clusters.values().forEach(cluster -> cluster.addWriters(writers));
    return writers;
  }

  /** The machine writes its state. */
  void write(Known next) {
    isClaimed = isClaimed && plan().equals(plan(next.state()));
    known = next;
    elapsed = 0;
    replies.clear();
    paused = paused.map(Paused::overtaken);
  }

  /** The operator's process ends and another begins. */
  void restartOperator() {
    replies.clear();
    frozen.clear();
    elapsed = 0;
    isUnseen = clusters.values().stream().anyMatch(cluster -> cluster.remains() > 0);
    flights.removeIf(flight -> flight.reply().isPresent());
    flights.replaceAll(flight -> new Flight(flight.call(), Optional.empty(), false));
  }

  /** Ids that may still matter. */
  Set<String> ids() {
    var ids = new HashSet<>(known.ids());
    for (Cluster cluster : clusters.values()) {
      ids.addAll(cluster.jobs.keySet());
      ids.addAll(cluster.zombies);
      ids.addAll(cluster.plans.keySet());
      ids.addAll(cluster.stops.keySet());
      ids.addAll(cluster.results.keySet());
    }
    flights.forEach(flight -> ids.addAll(Known.ids(flight.call())));
    paused.ifPresent(one -> ids.addAll(one.ids()));
    newest.ifPresent(location -> ids.addAll(Known.ids(location)));
    return ids;
  }

  /** Every id that something knows, which no new attempt may have. */
  Set<String> allIds() {
    Set<String> ids = ids();
    ids.addAll(savepoints.keySet());
    ids.addAll(checkpoints.keySet());
    return ids;
  }

  /** Forgets what can make no difference any more. */
  void tidy() {
    if (!checkpoints.isEmpty() || !savepoints.isEmpty() || !ended.isEmpty()) {
      Set<String> ids = ids();
      checkpoints.keySet().retainAll(ids);
      ended.retainAll(ids);
      over.retainAll(ids);
      savepoints
          .entrySet()
          .removeIf(entry -> !ids.contains(entry.getKey()) && !ids.contains(entry.getValue()));
    }
    if (isUnseen && clusters.values().stream().allMatch(cluster -> cluster.remains() == 0)) {
      isUnseen = false;
    }
  }

  Key.Value key() {
    var key = new Key();
    key.add(known).add(isReleased).add(wish).add(generation).add(elapsed).add(isUnseen);
    key.add(isStorageDown).add(isTaken).add(isClaimed).add(newest).add(budget).add(paused);
    key.add(clusters.size());
    clusters.values().forEach(cluster -> cluster.feed(key));
    key.add(replies.size());
    replies.forEach((name, heard) -> key.add(name).add(heard));
    key.add(flights.size());
    flights.forEach(key::add);
    key.add(frozen.size());
    frozen.forEach((revision, view) -> key.add(revision.longValue()).add(view));
    key.add(checkpoints.size());
    checkpoints.forEach((job, number) -> key.add(job).add(number.longValue()));
    key.add(savepoints.size());
    savepoints.forEach((id, job) -> key.add(id).add(job));
    key.add(ended.size());
    ended.forEach(key::add);
    key.add(over.size());
    return key.value();
  }
}
