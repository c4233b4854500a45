package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator dies with the JobManager, or was away before: so nothing else runs meanwhile. */
@Isolated
class RevivalWithoutOperatorTest extends Revival {

  private static final int A_FEW = 400;

  @RegisterExtension static final Scene SCENE = new Scene("no-operator");

  RevivalWithoutOperatorTest() {
    super(SCENE);
  }

  static Stream<Death> deaths() {
    return afterTheStop(Operator.DIES);
  }

  @AfterEach
  void awaitTheOperator() {
    operators.awaitLeader();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void aStoppedJobIsNotBroughtBackBy(Death death) {
    aStoppedJobIsNotBroughtBack(death);
  }

  @Test
  void aJobManagerThatDiesWhileTheOperatorIsAwayIsBackWithItsJob() {
    JsonNode before = orders.givenRunning();
    String run = Job.jobId(before);
    orders.output().exactThrough(run);

    operators.whileAway(() -> {
      try (var engine = new Engine(SCENE, before)) {
        Victim jobManager = Victim.of(SCENE, orders, "jobmanager");
        jobManager.kill();
        jobManager.awaitDead();
        engine.awaitFullyRunning();
      }
      long written = orders.output().exactThrough(run).runs().getLast().lastEvent();
      Report report = orders.output().exactThrough(run, written + A_FEW);
      System.out.printf("[operator away] written again %d%n", report.writtenAgain());
    });
    // A new generation, so that what is seen then is the operator's word of after its return.
    orders.patch("{\"spec\":{\"onDelete\":\"Cancel\"}}");
    JsonNode after = orders.awaitRunning();

    assertThat(Job.jobId(after)).isEqualTo(run);
    assertThat(revision(after)).isEqualTo(revision(before));
    assertThat(orders.revisions()).containsExactly(String.valueOf(revision(before)));
    orders.output().exactThrough(run);
  }
}
