package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.plan.Step.Expectation;
import io.streamjob.operator.core.upgrade.Attempt;
import io.streamjob.operator.core.upgrade.Decision;
import io.streamjob.operator.core.upgrade.Decision.Story;
import io.streamjob.operator.core.upgrade.Decision.Transition;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.Situation;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Machines with one mistake each, every one of which the check must find. */
final class Mutants {

  /** A mistake, and the scope in which it shows. */
  record Mutant(String scope, Machine machine) {}

  static final Map<String, Mutant> ALL = new LinkedHashMap<>();

  static {
    steps();
    plans();
    sights();
    contracts();
  }

  private Mutants() {}

  private static void steps() {
    put("skips the fence", "endings", skipping(Step.Fence.class, Lineage::fenced));
    put("skips parking", "deaths", skipping(Step.Park.class, same -> same));
    put("forgets to unpark", "endings", skipping(Step.Unpark.class, Lineage::unparked));
    put("takes a cancelled job for over", "life", skipping(Step.Cancel.class, Lineage::cancelled));
    put(
        "does not look for the newest checkpoint",
        "deaths",
        skipping(Step.LocateCheckpoint.class, same -> same));
    put(
        "goes back without looking for output that was committed",
        "life",
        skipping(Step.ConfirmUncommitted.class, same -> same));
    put("does not wait for the end of a retired cluster", "deaths", Mutants::retiresAtOnce);
    put("has no point of no return", "edits", Mutants::alwaysGivesWay);
    put("submits again under a new id when a reply is lost", "late", Mutants::submitsAnew);
    put("submits without a claim", "life", skipping(Step.Claim.class, same -> same));
    put("forgets the savepoint that it took", "life", Mutants::forgetsTheSavepoint);
  }

  private static void plans() {
    put(
        "submits before the fence",
        "life",
        planning(PlanKind.UPGRADE, steps -> swapped(steps, Step.Fence.class, Step.Submit.class)));
    put(
        "stops before the claim",
        "room",
        planning(PlanKind.UPGRADE, steps -> swapped(steps, Step.Claim.class, Step.Park.class)));
    put("stops without a savepoint", "life", planning(PlanKind.UPGRADE, Mutants::cancelling));
    put(
        "deletes without the last savepoint",
        "life",
        planning(PlanKind.DELETE, steps -> without(steps, Step.TakeSnapshot.class)));
    put(
        "goes back and leaves the failed version running",
        "versions",
        planning(
            PlanKind.ROLLBACK,
            steps -> without(without(steps, Step.Retire.class), Step.ConfirmUncommitted.class)));
    put(
        "looks for committed output before the failed version is over",
        "life",
        planning(
            PlanKind.ROLLBACK,
            steps -> swapped(steps, Step.Vacate.class, Step.ConfirmUncommitted.class)));
    put(
        "looks for a checkpoint before the run is over",
        "edits",
        planning(
            PlanKind.REPLACE,
            steps -> swapped(steps, Step.Cancel.class, Step.LocateCheckpoint.class)));
    put(
        "starts empty when a checkpoint is missing",
        "storage",
        planning(PlanKind.RECOVER, Mutants::expectingNothing));
    put(
        "recovers beside what is left of the lost run",
        "deaths",
        planning(
            PlanKind.RECOVER,
            steps -> without(without(steps, Step.Vacate.class), Step.Retire.class)));
    put(
        "recovers from where the lost run began",
        "deaths",
        planning(PlanKind.RECOVER, steps -> without(steps, Step.LocateCheckpoint.class)));
    put(
        "goes back from a version that had finished",
        "ends",
        planning(PlanKind.ROLLBACK, steps -> without(steps, Step.ReadResult.class)));
    put(
        "does not ask whether a lost run had ended",
        "bounded",
        skipping(Step.ReadResult.class, same -> same));
  }

  private static void sights() {
    put(
        "takes an unreachable cluster for gone",
        "looks",
        seeing((situation, view) ->
            view.cluster() instanceof ClusterView.Unreachable ? withRemains(view, 0) : view));
    put(
        "does not wait for pods that end",
        "deaths",
        seeing((situation, view) -> view.workloads() ? view : withRemains(view, 0)));
    put(
        "does not notice a wiped status",
        "wipe",
        situation ->
            situation.state().lastRevision() == 0
                ? Machine.REAL.decide(
                    with(
                        situation,
                        new Observed(
                            Map.of(),
                            situation.observed().replies(),
                            situation.observed().savepoints())))
                : Machine.REAL.decide(situation));
    put("does not look into the savepoint's folder", "endings", hearing(Mutants::withEmptyFolders));
    put(
        "does not look into the folder of a run that it has taken down",
        "endings",
        situation ->
            situation.state().lineage().current().filter(Run::failed).isPresent()
                ? hearing(Mutants::withEmptyFolders).decide(situation)
                : Machine.REAL.decide(situation));
    put(
        "believes an empty folder seen before the job ended",
        "deaths",
        hearing(Mutants::withOldFolders));
  }

  private static void contracts() {
    put(
        "a former leader writes over what it has not seen",
        "leaders",
        new Contract() {
          @Override
          public boolean writesOnlyOverWhatItSaw() {
            return false;
          }
        });
  }

  /** The real machine under another contract. */
  private abstract static class Contract implements Machine {
    @Override
    public Decision decide(Situation situation) {
      return REAL.decide(situation);
    }
  }

  private static void put(String mistake, String scope, Machine machine) {
    ALL.put(mistake, new Mutant(scope, machine));
  }

  private static Optional<Executing> executing(MachineState state) {
    return state.upgrade() instanceof Executing executing
            && executing.cursor() < executing.plan().steps().size()
        ? Optional.of(executing)
        : Optional.empty();
  }

  private static Step step(Executing executing) {
    return executing.plan().steps().get(executing.cursor());
  }

  private static Transition advance(Situation situation, Executing executing, Lineage lineage) {
    var next =
        new Executing(
            executing.plan(),
            executing.cursor() + 1,
            new Attempt(1, situation.nonce(), situation.now()));
    return new Transition(
        new MachineState(
            situation.state().lastRevision(), lineage, next, situation.state().restarts()),
        new Story("Skipped", step(executing).label(), true));
  }

  private static Machine skipping(Class<? extends Step> type, UnaryOperator<Lineage> effect) {
    return situation ->
        executing(situation.state())
            .filter(executing -> type.isInstance(step(executing)))
            .<Decision>map(executing ->
                advance(situation, executing, effect.apply(situation.state().lineage())))
            .orElseGet(() -> Machine.REAL.decide(situation));
  }

  private static Optional<Integer> removed(Step step) {
    return switch (step) {
      case Step.Retire retire -> Optional.of(retire.revision());
      case Step.Vacate vacate -> Optional.of(vacate.revision());
      default -> Optional.empty();
    };
  }

  private static Decision retiresAtOnce(Situation situation) {
    return executing(situation.state())
        .filter(executing ->
            removed(step(executing))
                .filter(revision -> !situation.observed().revision(revision).workloads())
                .isPresent())
        .<Decision>map(executing ->
            advance(
                situation,
                executing,
                step(executing) instanceof Step.Retire retire
                    ? situation.state().lineage().retired(retire.revision())
                    : situation.state().lineage()))
        .orElseGet(() -> Machine.REAL.decide(situation));
  }

  private static Decision alwaysGivesWay(Situation situation) {
    boolean isOvertaken =
        executing(situation.state())
            .filter(executing ->
                situation
                    .spec()
                    .wanted()
                    .filter(desired -> !desired.goal().equals(executing.plan().goal()))
                    .isPresent())
            .isPresent();
    if (!isOvertaken) {
      return Machine.REAL.decide(situation);
    }
    var idle =
        new MachineState(
            situation.state().lastRevision(),
            situation.state().lineage(),
            new Idle(),
            situation.state().restarts());
    Decision decision = Machine.REAL.decide(with(situation, idle));
    return decision instanceof Transition
        ? decision
        : new Transition(idle, new Story("Superseded", "the spec asks for something else", false));
  }

  private static Decision submitsAnew(Situation situation) {
    Optional<Executing> at =
        executing(situation.state())
            .filter(executing -> step(executing) instanceof Step.Submit)
            .filter(executing ->
                situation
                        .observed()
                        .reply(executing.operationId(situation.uid()) + "/submit")
                        .orElse(null)
                    instanceof Reply.Failed);
    return at.<Decision>map(executing ->
            new Transition(
                new MachineState(
                    situation.state().lastRevision(),
                    situation.state().lineage(),
                    new Executing(
                        executing.plan(),
                        executing.cursor(),
                        new Attempt(
                            executing.attempt().number() + 1, situation.nonce(), situation.now())),
                    situation.state().restarts()),
                new Story("Again", "under a new id", true)))
        .orElseGet(() -> Machine.REAL.decide(situation));
  }

  private static Decision forgetsTheSavepoint(Situation situation) {
    boolean isTaking =
        executing(situation.state())
            .filter(executing -> step(executing) instanceof Step.TakeSnapshot)
            .isPresent();
    Decision decision = Machine.REAL.decide(situation);
    return isTaking && decision instanceof Transition transition
        ? new Transition(
            new MachineState(
                transition.next().lastRevision(),
                transition.next().lineage().startingEmpty(),
                transition.next().upgrade(),
                transition.next().restarts()),
            transition.story())
        : decision;
  }

  /** Plans of a kind get other steps when they are made. */
  private static Machine planning(PlanKind kind, UnaryOperator<List<Step>> change) {
    return situation -> {
      Decision decision = Machine.REAL.decide(situation);
      if (!(decision instanceof Transition transition)
          || !(transition.next().upgrade() instanceof Executing executing)
          || executing.plan().kind() != kind
          || executing(situation.state())
              .filter(
                  before -> before.plan().equals(executing.plan()) || isChanged(before, executing))
              .isPresent()) {
        return decision;
      }
      Plan plan = executing.plan();
      var changed =
          new Plan(
              plan.kind(),
              plan.goal(),
              plan.generation(),
              plan.digest(),
              change.apply(plan.steps()),
              plan.afterwards());
      return new Transition(
          new MachineState(
              transition.next().lastRevision(),
              transition.next().lineage(),
              new Executing(changed, executing.cursor(), executing.attempt()),
              transition.next().restarts()),
          transition.story());
    };
  }

  /** Whether the plan goes on that was changed when it was made. */
  private static boolean isChanged(Executing before, Executing after) {
    return before.plan().kind() == after.plan().kind() && after.cursor() > 0;
  }

  private static List<Step> without(List<Step> steps, Class<? extends Step> type) {
    return steps.stream().filter(Predicate.not(type::isInstance)).toList();
  }

  private static List<Step> swapped(
      List<Step> steps, Class<? extends Step> one, Class<? extends Step> other) {
    var changed = new ArrayList<Step>(steps);
    int first = index(steps, one);
    int second = index(steps, other);
    if (first >= 0 && second >= 0) {
      Collections.swap(changed, first, second);
    }
    return changed;
  }

  private static int index(List<Step> steps, Class<? extends Step> type) {
    for (int i = 0; i < steps.size(); i++) {
      if (type.isInstance(steps.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static List<Step> cancelling(List<Step> steps) {
    int old =
        steps.stream()
            .filter(Step.Retire.class::isInstance)
            .map(step -> ((Step.Retire) step).revision())
            .findFirst()
            .orElseThrow();
    return steps.stream()
        .map(step -> step instanceof Step.TakeSnapshot ? new Step.Cancel(old) : step)
        .toList();
  }

  private static List<Step> expectingNothing(List<Step> steps) {
    return steps.stream()
        .map(step ->
            step instanceof Step.LocateCheckpoint locate
                ? new Step.LocateCheckpoint(locate.jobId(), Expectation.POSSIBLE)
                : step)
        .toList();
  }

  /** Sees revisions otherwise than they are. */
  private static Machine seeing(BiFunction<Situation, RevisionView, RevisionView> change) {
    return situation -> {
      var views = new HashMap<Integer, RevisionView>();
      situation
          .observed()
          .revisions()
          .forEach((revision, view) -> views.put(revision, change.apply(situation, view)));
      return Machine.REAL.decide(
          with(
              situation,
              new Observed(
                  views,
                  situation.observed().replies(),
                  situation.observed().savepoints(),
                  situation.observed().stopped())));
    };
  }

  private static RevisionView withRemains(RevisionView view, int remains) {
    return new RevisionView(view.spec(), view.workloads(), remains, view.problem(), view.cluster());
  }

  /** Hears otherwise than it was told. */
  private static Machine hearing(UnaryOperator<Map<String, Reply>> change) {
    return situation ->
        Machine.REAL.decide(
            with(
                situation,
                new Observed(
                    situation.observed().revisions(),
                    change.apply(situation.observed().replies()),
                    situation.observed().savepoints(),
                    situation.observed().stopped())));
  }

  private static Map<String, Reply> withEmptyFolders(Map<String, Reply> replies) {
    var changed = new HashMap<>(replies);
    changed.replaceAll(
        (key, reply) -> key.contains("/find") ? new Reply.Done("", reply.at()) : reply);
    return changed;
  }

  private static Map<String, Reply> withOldFolders(Map<String, Reply> replies) {
    var changed = new HashMap<>(replies);
    replies.forEach((key, reply) -> {
      if (key.endsWith("/find")) {
        changed.putIfAbsent(key + "/ended", reply);
        changed.putIfAbsent(key + "/failed", reply);
      }
    });
    return changed;
  }

  private static Situation with(Situation situation, Observed observed) {
    return with(situation, situation.state(), observed);
  }

  private static Situation with(Situation situation, MachineState state) {
    return with(situation, state, situation.observed());
  }

  private static Situation with(Situation situation, MachineState state, Observed observed) {
    return new Situation(
        situation.uid(),
        situation.name(),
        situation.spec(),
        state,
        observed,
        situation.now(),
        situation.operatorStarted(),
        situation.nonce(),
        situation.limits());
  }
}
