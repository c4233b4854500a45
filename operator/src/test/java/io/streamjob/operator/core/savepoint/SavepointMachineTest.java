package io.streamjob.operator.core.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.savepoint.SavepointDecision.Act;
import io.streamjob.operator.core.savepoint.SavepointDecision.Call;
import io.streamjob.operator.core.savepoint.SavepointDecision.Fail;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SavepointMachineTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Attempt ATTEMPT =
      new Attempt("0123456789abcdef0123456789abcdef", "job", 0, "default", NOW);

  private final Map<String, Reply> replies = new HashMap<>();

  private SavepointDecision decide(Source source) {
    return SavepointMachine.decide(
        new SavepointSituation(
            "uid",
            SavepointFormat.Canonical,
            new SavepointState(1, Optional.of(ATTEMPT)),
            source,
            ClusterView.NOT_ASKED,
            replies,
            NOW,
            "nonce"));
  }

  /** The reply to the look that the decision asks for: nothing is there. */
  private void findNothing(SavepointDecision decision) {
    assertThat(decision).isInstanceOf(Act.class);
    Call call = ((Act) decision).call().orElseThrow();
    assertThat(call).isInstanceOf(Call.Find.class);
    replies.put(call.key(), new Reply.Done("", NOW));
  }

  @Test
  void isNotTakenWhenNothingIsFoundAfterwards() {
    findNothing(decide(new Source.Taken("past it")));

    assertThat(decide(new Source.Taken("past it"))).isInstanceOf(Fail.class);
  }

  /** A cache may show the job as it was before it began to take this savepoint. */
  @Test
  void doesNotBelieveALookFromBeforeTheJobWasPastIt() {
    findNothing(decide(new Source.Taken("not yet at it")));
    assertThat(decide(new Source.Taking())).isInstanceOf(Act.class);

    findNothing(decide(new Source.Taken("past it")));
    assertThat(decide(new Source.Taken("past it"))).isInstanceOf(Fail.class);
  }

  @Test
  void looksAgainOnceTheJobThatWasAskedHasEnded() {
    var running = new Source.Running(2, "another job", "default");
    findNothing(decide(running));

    assertThat(decide(running)).isInstanceOf(SavepointDecision.Transition.class);
  }
}
