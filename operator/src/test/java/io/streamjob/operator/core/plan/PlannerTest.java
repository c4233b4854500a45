package io.streamjob.operator.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.spec.Desired;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

  private static final RestorePoint POINT = new RestorePoint("s3://f/sp", Optional.empty(), "test");
  private static final Run UNPROVEN =
      new Run(
          3,
          Samples.revision("example/orders:1").digest(),
          1,
          "0123456789abcdef0123456789abcdef",
          Optional.empty(),
          Instant.EPOCH,
          false,
          Optional.empty(),
          false);

  private static final Map<String, Lineage> LINEAGES =
      Map.of(
          "no run", Lineage.EMPTY,
          "initial point", Lineage.EMPTY.restoringFrom(POINT),
          "restore point",
              new Lineage(Optional.empty(), Optional.empty(), Optional.of(POINT), true),
          "used, no point", new Lineage(Optional.empty(), Optional.empty(), Optional.empty(), true),
          "unproven", Lineage.EMPTY.submitted(UNPROVEN),
          "proven", Lineage.EMPTY.submitted(UNPROVEN).proven(),
          "finished", Lineage.EMPTY.submitted(UNPROVEN).finished());

  @ParameterizedTest(name = "{0} for {2}, {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Running   | no run         | same  | Create: Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | no run         | state | Create: ResolveInitialState, Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | initial point  | state | Create: ResolveInitialState, Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | initial point  | same  | Create: ResolveInitialState, Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | used, no point | state | Create: Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | restore point  | same  | Resume: Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | restore point  | state | Resume: Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Running   | unproven       | same  | nothing
          Running   | unproven       | other | Replace: Claim 4, Prepare 4, Park, Cancel 3, LocateCheckpoint, Submit 4, AwaitHealthy, Retire 3
          Running   | proven         | same  | nothing
          Running   | proven         | state | nothing
          Running   | proven         | other | Upgrade: Claim 4, Prepare 4, Park, TakeSnapshot, Fence, Submit 4, AwaitHealthy, Retire 3
          Running   | finished       | same  | nothing
          Running   | finished       | other | Create: Retire 3, Claim 4, Prepare 4, Submit 4, AwaitHealthy
          Suspended | no run         | same  | nothing
          Suspended | restore point  | other | nothing
          Suspended | unproven       | same  | Suspend: Park, Cancel 3, LocateCheckpoint, Retire 3
          Suspended | proven         | same  | Suspend: Park, TakeSnapshot, Fence, Retire 3
          Suspended | proven         | other | Suspend: Park, TakeSnapshot, Fence, Retire 3
          Suspended | finished       | same  | Suspend: Retire 3
          Deleted   | no run         | same  | Delete: nothing
          Deleted   | restore point  | same  | Delete: nothing
          Deleted   | unproven       | same  | Delete: Park, Cancel 3, Retire 3
          Deleted   | proven         | same  | Delete: Park, TakeSnapshot, Fence, Retire 3
          Deleted   | proven         | drop  | Delete: Park, Cancel 3, Retire 3
          Deleted   | finished       | same  | Delete: Retire 3
          """)
  void eachLineageHasItsPlan(String lifecycle, String lineage, String spec, String expected) {
    Optional<Plan> plan = Planner.plan(desired(lifecycle, spec), LINEAGES.get(lineage), 4);
    assertThat(plan.map(PlannerTest::describe).orElse("nothing")).isEqualTo(expected);
  }

  @Test
  void aPlanSaysWhatItIsFor() {
    Desired desired = desired("Running", "other");
    Plan plan = Planner.plan(desired, LINEAGES.get("proven"), 4).orElseThrow();
    assertThat(plan.goal() + " " + plan.generation() + " " + plan.digest())
        .isEqualTo(desired.goal() + " 1 " + desired.revision().digest());
  }

  @Test
  void recoveryStartsFromWhatTheLostRunLeft() {
    assertThat(
            describe(
                Planner.recover(
                    desired("Running", "other"), UNPROVEN.withProof(), 4, Optional.empty())))
        .isEqualTo(
            "Recover: Vacate 3, ReadResult 3, Retire 3, LocateCheckpoint, Claim 4, Prepare 4, Submit 4, AwaitHealthy");
  }

  @Test
  void rollbackRemovesTheFailedClusterFirst() {
    Plan failed = Planner.plan(desired("Running", "other"), LINEAGES.get("proven"), 4).get();
    assertThat(
            describe(
                Planner.rollback(failed, Optional.of(UNPROVEN), UNPROVEN, new Verdict("No", "no"))))
        .isEqualTo(
            "Rollback: Vacate 3, ReadResult 3, Retire 4, ConfirmUncommitted, Claim 3, Prepare 3, Submit 3, AwaitHealthy");
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE, ResolveInitialState, true",
    "UPGRADE, Claim, true",
    "UPGRADE, Prepare, true",
    "UPGRADE, TakeSnapshot, false",
    "UPGRADE, Fence, false",
    "UPGRADE, Submit, false",
    "UPGRADE, AwaitHealthy, false",
    "UPGRADE, Retire, false",
    "CREATE, AwaitHealthy, true",
    "RESUME, AwaitHealthy, true",
    "RECOVER, AwaitHealthy, true",
    "ROLLBACK, AwaitHealthy, true",
    "REPLACE, AwaitHealthy, true",
    "REPLACE, Cancel, false",
    "RECOVER, ReadResult, false",
    "RECOVER, LocateCheckpoint, false"
  })
  void aPlanGivesWayOnlyWhileNothingIsAtStake(PlanKind kind, String step, boolean expected) {
    var plan = new Plan(kind, "g", 1, "d", List.of(), Optional.empty());
    assertThat(plan.canBeSupersededAt(step(step))).isEqualTo(expected);
  }

  private static Step step(String name) {
    return switch (name) {
      case "ResolveInitialState" -> new Step.ResolveInitialState();
      case "ReadResult" -> new Step.ReadResult(UNPROVEN);
      case "LocateCheckpoint" ->
          Planner.recover(desired("Running", "same"), UNPROVEN, 4, Optional.empty()).steps().get(3);
      case "Claim" -> new Step.Claim(4);
      case "Prepare" -> new Step.Prepare(4);
      case "TakeSnapshot" -> new Step.TakeSnapshot(SavepointFormat.Canonical);
      case "Cancel" -> new Step.Cancel(3);
      case "Fence" -> new Step.Fence();
      case "Submit" -> new Step.Submit(4);
      case "AwaitHealthy" -> new Step.AwaitHealthy();
      case "Retire" -> new Step.Retire(3);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Desired desired(String lifecycle, String spec) {
    String fields =
        switch (spec) {
          case "same" -> "image: example/orders:1";
          case "other" -> "image: example/orders:2";
          case "state" ->
              "image: example/orders:1\ninitialState: {from: {location: 's3://flink/shop/initial'}}";
          case "drop" -> "image: example/orders:1\nonDelete: Cancel";
          default -> throw new IllegalArgumentException(spec);
        };
    var job = Samples.job(fields + (lifecycle.equals("Suspended") ? "\nstate: Suspended" : ""));
    if (lifecycle.equals("Deleted")) {
      job.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    }
    return Samples.parse(job).wanted().orElseThrow();
  }

  private static String describe(Plan plan) {
    String steps =
        plan.steps().stream().map(PlannerTest::describe).collect(Collectors.joining(", "));
    return plan.kind().label() + ": " + (steps.isEmpty() ? "nothing" : steps);
  }

  private static String describe(Step step) {
    return switch (step) {
      case Step.Claim claim -> step.label() + " " + claim.revision();
      case Step.Prepare prepare -> step.label() + " " + prepare.revision();
      case Step.Submit submit -> step.label() + " " + submit.revision();
      case Step.Retire retire -> step.label() + " " + retire.revision();
      case Step.Cancel cancel -> step.label() + " " + cancel.revision();
      case Step.ResolveInitialState resolve -> step.label();
      case Step.ReadResult read -> step.label() + " " + read.run().revision();
      case Step.LocateCheckpoint locate -> step.label();
      case Step.Vacate vacate -> step.label() + " " + vacate.revision();
      case Step.ConfirmUncommitted confirm -> step.label();
      case Step.Park park -> step.label();
      case Step.Unpark unpark -> step.label();
      case Step.TakeSnapshot take -> step.label();
      case Step.Fence fence -> step.label();
      case Step.AwaitHealthy healthy -> step.label();
    };
  }
}
