package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.upgrade.Action;
import io.streamjob.operator.core.upgrade.Attempt;
import io.streamjob.operator.core.upgrade.Decision;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.Restarts;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.model.Moves.Turn;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operator's passes, whole and broken off. */
final class Operator {

  private final Machine machine;
  private final World world;
  private final Moves moves;

  private Operator(Machine machine, World world, Moves moves) {
    this.machine = machine;
    this.world = world;
    this.moves = moves;
  }

  static void move(Machine machine, World world, Moves moves) {
    if (world.isReleased) {
      return;
    }
    var operator = new Operator(machine, world, moves);
    operator.mend();
    operator.pass();
    operator.restart();
  }

  /** What a pass decides, the ids in it as short-lived as may be. */
  static Decision decide(Machine machine, World world, Observed observed) {
    Set<String> used = Set.of();
    for (int i = 0; ; i++) {
      Decision decision = machine.decide(Sight.situation(world, observed, String.valueOf(i)));
      if (!(decision instanceof Decision.Transition transition) || !machine.hasFreshNonces()) {
        return decision;
      }
      Optional<String> id = Known.of(timeless(transition.next())).operationId();
      boolean isGoingOn = id.equals(world.known.operationId());
      if (id.isEmpty() || isGoingOn) {
        return decision;
      }
      used = used.isEmpty() ? world.allIds() : used;
      if (!used.contains(id.get())) {
        return decision;
      }
    }
  }

  /** Times count as long ago: how often is what restarts are told apart by. */
  private static MachineState timeless(MachineState state) {
    Restarts restarts = state.restarts();
    return new MachineState(
        state.lastRevision(),
        state.lineage(),
        state.upgrade() instanceof Executing executing
            ? new Executing(
                executing.plan(),
                executing.cursor(),
                new Attempt(
                    executing.attempt().number(), executing.attempt().nonce(), Sight.LONG_AGO))
            : state.upgrade(),
        restarts.count() == 0 ? Restarts.NONE : new Restarts(restarts.count(), Sight.NOW));
  }

  private void pass() {
    Observed observed = Sight.observe(world);
    switch (decide(machine, world, observed)) {
      case Decision.Transition transition -> write(transition);
      case Decision.Act act -> act(act.actions());
    }
  }

  private void write(Decision.Transition transition) {
    MachineState next = timeless(transition.next());
    moves.add(
        Turn.OPERATOR,
        () ->
            "the operator writes: %s: %s"
                .formatted(transition.story().reason(), transition.story().message()),
        after -> write(after, next));
    pause(Optional.of(next), List.of());
  }

  private static void write(World after, MachineState next) {
    Laws.transition(after, next);
    after.write(Known.of(next));
  }

  private void act(List<Action> actions) {
    moves.add(
        Turn.OPERATOR,
        () -> "the operator: " + words(actions),
        after -> actions.forEach(action -> perform(after, action)));
    for (int i = 0; i < actions.size(); i++) {
      int index = i;
      if (world.isLeft(Fate.CRASH)) {
        moves.add(
            Turn.FATE,
            () ->
                "the operator: %s; then it crashes and starts again"
                    .formatted(words(actions.subList(0, index + 1))),
            after -> {
              actions.subList(0, index + 1).forEach(action -> perform(after, action));
              after.spend(Fate.CRASH).restartOperator();
            });
      }
      if (actions.get(i) instanceof Action.Call call && mayGoWrong(call)) {
        ill(actions, index, call);
      }
    }
    if (actions.stream().anyMatch(Operator::isTelling)) {
      pause(Optional.empty(), actions);
    }
  }

  /** A call under way is not sent again. */
  private boolean mayGoWrong(Action.Call call) {
    return isTelling(call)
        && world.flights.stream()
            .noneMatch(one -> one.isAwaited() && one.call().key().equals(call.key()));
  }

  private static boolean isTelling(Action action) {
    return switch (action) {
      case Action.RecordSavepoint record -> false;
      case Action.Claim claim -> true;
      case Action.TriggerCheckpoint trigger -> false;
      case Action.StoreRevision store -> false;
      case Action.ApplyRevision apply -> true;
      case Action.DeleteRevision delete -> true;
      case Action.ForgetRevision forget -> false;
      case Action.Release release -> true;
      case Action.FindSnapshot find -> true;
      case Action.FindCheckpoint find -> true;
      case Action.FindResult find -> true;
      case Action.StopWithSavepoint stop -> true;
      case Action.SubmitJob submit -> true;
      case Action.CancelJob cancel -> true;
      case Action.Park park -> true;
      case Action.Unpark unpark -> true;
      case Action.LookAtJob look -> true;
      case Action.ForgetCluster forget -> false;
    };
  }

  private void ill(List<Action> actions, int index, Action.Call call) {
    ill(Fate.FAILED_CALL, actions, index, "fails", after -> hear(after, call, failed()));
    ill(
        Fate.LOST_REPLY,
        actions,
        index,
        "is done and its reply is lost",
        after -> {
          Effects.call(after, call);
          hear(after, call, failed());
        });
    if (!isConditional(call)) {
      ill(
          Fate.LATE_CALL,
          actions,
          index,
          "is given up, and is still on its way",
          after -> {
            after.flights.add(new Flight(call, Optional.empty(), false));
            hear(after, call, failed());
          });
    }
    ill(
        Fate.LATE_REPLY,
        actions,
        index,
        "is done, and its reply is still on its way",
        after -> after.flights.add(new Flight(call, Optional.of(Effects.call(after, call)), true)));
  }

  /** Neither the API server nor the storage takes an edit of what has changed since it was read. */
  private static boolean isConditional(Action.Call call) {
    return call instanceof Action.Park
        || call instanceof Action.Unpark
        || call instanceof Action.Claim;
  }

  private static Heard failed() {
    return Heard.failed("NoAnswer");
  }

  private interface Outcome {
    void in(World after);
  }

  private void ill(Fate fate, List<Action> actions, int index, String how, Outcome outcome) {
    if (!world.isLeft(fate)) {
      return;
    }
    moves.add(
        Turn.FATE,
        () -> "the operator: %s; %s %s".formatted(words(actions), name(actions.get(index)), how),
        after -> {
          after.spend(fate);
          for (int i = 0; i < actions.size(); i++) {
            if (i == index) {
              outcome.in(after);
            } else {
              perform(after, actions.get(i));
            }
          }
        });
  }

  private static void perform(World after, Action action) {
    switch (action) {
      case Action.StoreRevision store -> Effects.store(after, store);
      case Action.ApplyRevision apply -> Effects.apply(after, apply);
      case Action.DeleteRevision delete -> Effects.delete(after, delete);
      case Action.ForgetRevision forget -> Effects.forget(after, forget);
      case Action.Release release -> Effects.release(after);
      case Action.Call call -> {
        boolean isUnderWay =
            after.flights.stream()
                .anyMatch(one -> one.isAwaited() && one.call().key().equals(call.key()));
        if (!isUnderWay) {
          hear(after, call, Effects.call(after, call));
        }
      }
    }
  }

  /** The operator keeps a reply, if it can make a difference. */
  static void hear(World world, Action.Call call, Heard heard) {
    boolean isOfThisAttempt =
        world.known.operationId().filter(id -> call.key().startsWith(id)).isPresent();
    boolean matters =
        switch (call) {
          case Action.CancelJob cancel -> false;
          case Action.TriggerCheckpoint trigger -> false;
          case Action.RecordSavepoint record -> heard.problem().isEmpty();
          case Action.Claim claim -> true;
          case Action.FindSnapshot find -> true;
          case Action.FindCheckpoint find -> true;
          case Action.FindResult find -> true;
          case Action.StopWithSavepoint stop -> true;
          case Action.SubmitJob submit -> true;
          case Action.Park park -> true;
          case Action.Unpark unpark -> true;
          case Action.LookAtJob look -> true;
          case Action.ForgetCluster forget -> true;
        };
    if (isOfThisAttempt && matters) {
      world.replies.put(call.key(), heard);
    }
  }

  /** A while passes: what was heard is not news any more. */
  static void tick(World world, Moves moves) {
    if (world.replies.entrySet().stream()
        .anyMatch(one -> !one.getValue().isOld() && !isLasting(one.getKey(), one.getValue()))) {
      moves.add(Turn.CLOCK, () -> "seconds pass", Operator::age);
    }
  }

  private static void age(World world) {
    world.replies.keySet().removeIf(Operator::isForgotten);
    world.replies.replaceAll((key, heard) -> isLasting(key, heard) ? heard : heard.aged());
  }

  private static boolean isLasting(String key, Heard heard) {
    return key.endsWith("/forget")
        || (heard.problem().isEmpty() && (key.endsWith("/record") || key.endsWith("/claim")));
  }

  /** Whether only a fresh answer of that kind counts. */
  private static boolean isForgotten(String key) {
    return key.contains("/find")
        || key.endsWith("/result")
        || key.endsWith("/checkpoint")
        || key.endsWith("/look");
  }

  private void mend() {
    if (world.isUnseen) {
      moves.add(
          Turn.MEND, () -> "the operator has seen every cluster", next -> next.isUnseen = false);
    }
    world
        .frozen
        .keySet()
        .forEach(revision ->
            moves.add(
                Turn.MEND,
                () -> "the operator sees revision %d as it is".formatted(revision),
                next -> next.frozen.remove(revision)));
    if (world.isLeft(Fate.STALE_LOOK) && world.frozen.isEmpty() && !world.isUnseen) {
      for (Cluster cluster : world.clusters.values()) {
        moves.add(
            Turn.FATE,
            () ->
                "from now on the operator sees revision %d as it is now"
                    .formatted(cluster.revision),
            next ->
                next.spend(Fate.STALE_LOOK)
                    .frozen
                    .put(cluster.revision, Sight.view(world, cluster)));
      }
    }
    world.paused.ifPresent(paused ->
        moves.add(
            Turn.MEND, () -> "the former leader wakes up and goes on", next -> wake(next, paused)));
  }

  private void restart() {
    if (world.isLeft(Fate.CRASH)) {
      moves.add(
          Turn.FATE,
          () -> "the operator restarts",
          next -> next.spend(Fate.CRASH).restartOperator());
    }
  }

  private void pause(Optional<MachineState> next, List<Action> actions) {
    if (world.isLeft(Fate.PAUSE) && world.paused.isEmpty()) {
      moves.add(
          Turn.FATE,
          () ->
              "the leader is paused before it %s; another one takes over"
                  .formatted(next.isPresent() ? "writes" : "does: " + words(actions)),
          after -> {
            after.spend(Fate.PAUSE).restartOperator();
            after.paused = Optional.of(new Paused(world.known, next.map(Known::of), actions, true));
          });
    }
  }

  private void wake(World after, Paused paused) {
    after.paused = Optional.empty();
    if (paused.next().isPresent()) {
      if (paused.isNewest() || !machine.writesOnlyOverWhatItSaw()) {
        write(after, paused.next().get().state());
      }
      return;
    }
    boolean isChecked = paused.actions().stream().anyMatch(machine::isChecked);
    if (!isChecked || after.known.equals(paused.seen())) {
      for (Action action : paused.actions()) {
        if (action instanceof Action.Call call) {
          Effects.call(after, call);
        } else {
          perform(after, action);
        }
      }
    }
  }

  /** Minutes pass. */
  static void patience(World world, Moves moves) {
    Optional<Executing> executing = world.executing();
    if (executing.isEmpty()
        || executing.get().cursor() >= executing.get().plan().steps().size()
        || world.elapsed == 2) {
      return;
    }
    int next =
        switch (executing.get().plan().steps().get(executing.get().cursor())) {
          case Step.ResolveInitialState resolve -> 0;
          case Step.ReadResult read -> 0;
          case Step.LocateCheckpoint locate -> 0;
          case Step.TakeSnapshot take ->
              executing.get().attempt().number() > 1 && world.elapsed == 0 ? 1 : 2;
          case Step.Claim claim -> 2;
          case Step.Prepare prepare -> 2;
          case Step.Cancel cancel -> 2;
          case Step.Fence fence -> 2;
          case Step.Submit submit -> 2;
          case Step.AwaitHealthy healthy -> 2;
          case Step.Retire retire -> 2;
          case Step.Vacate vacate -> 2;
          case Step.Park park -> 0;
          case Step.Unpark unpark -> 0;
          case Step.ConfirmUncommitted confirm -> 0;
        };
    if (next == 0) {
      return;
    }
    boolean isFree = !moves.isBusy();
    if (isFree || world.isLeft(Fate.SLOWNESS)) {
      moves.add(
          isFree ? Turn.PATIENCE : Turn.FATE,
          () -> next == 1 ? "a minute passes" : "too much time passes",
          after -> {
            if (!isFree) {
              after.spend(Fate.SLOWNESS);
            }
            after.elapsed = next;
            age(after);
          });
    }
  }

  private static String words(List<Action> actions) {
    return actions.isEmpty()
        ? "looks and does nothing"
        : actions.stream().map(Operator::word).collect(Collectors.joining(", "));
  }

  private static String name(Action action) {
    return action.getClass().getSimpleName();
  }

  private static String word(Action action) {
    return switch (action) {
      case Action.StoreRevision store -> "StoreRevision %d".formatted(store.revision());
      case Action.ApplyRevision apply -> "ApplyRevision %d".formatted(apply.revision());
      case Action.DeleteRevision delete -> "DeleteRevision %d".formatted(delete.revision());
      case Action.ForgetRevision forget -> "ForgetRevision %d".formatted(forget.revision());
      case Action.Release release -> "Release";
      case Action.SubmitJob submit ->
          "SubmitJob %s to revision %d from %s"
              .formatted(submit.jobId(), submit.revision(), submit.from().orElse("nothing"));
      case Action.StopWithSavepoint stop ->
          "StopWithSavepoint %s of job %s".formatted(stop.operationId(), stop.jobId());
      case Action.CancelJob cancel -> "CancelJob " + cancel.jobId();
      case Action.FindSnapshot find -> "FindSnapshot " + find.operationId();
      case Action.FindCheckpoint find -> "FindCheckpoint of job " + find.jobId();
      case Action.FindResult find -> "FindResult of job " + find.jobId();
      case Action.RecordSavepoint record -> "RecordSavepoint";
      case Action.Claim claim -> "Claim";
      case Action.TriggerCheckpoint trigger -> "TriggerCheckpoint";
      case Action.Park park -> "Park job " + park.jobId();
      case Action.Unpark unpark -> "Unpark job " + unpark.jobId();
      case Action.LookAtJob look -> "LookAtJob " + look.jobId();
      case Action.ForgetCluster forget -> "ForgetCluster " + forget.revision();
    };
  }
}
