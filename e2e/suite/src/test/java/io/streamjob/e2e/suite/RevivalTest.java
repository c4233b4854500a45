package io.streamjob.e2e.suite;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JobManager of a stopped job dies alone. Nothing else runs meanwhile: moments count. */
@Isolated
class RevivalTest extends Revival {

  @RegisterExtension static final Scene SCENE = new Scene("revival");

  RevivalTest() {
    super(SCENE);
  }

  static Stream<Death> deaths() {
    return deaths(
        Operator.LIVES,
        new Death(Sign.COMPLETED, 0, Operator.LIVES),
        new Death(Sign.FINISHED, 0, Operator.LIVES));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void aStoppedJobIsNotBroughtBackBy(Death death) {
    aStoppedJobIsNotBroughtBack(death);
  }
}
