package io.streamjob.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RedactorTest {

  private final Redactor redactor = new Redactor();

  @Test
  void hidesWhatItKnows() {
    redactor.learn(List.of("canary/secret+key", "canary-access"));
    assertThat(redactor.redact("403 for canary-access with canary/secret+key, canary-access"))
        .isEqualTo("403 for [hidden] with [hidden], [hidden]");
    assertThat(redactor.redact("?key=canary%2Fsecret%2Bkey&x=1")).isEqualTo("?key=[hidden]&x=1");
  }

  @Test
  void hidesTheBeginningOfOneThatWasCut() {
    redactor.learn(List.of("canary-secret"));
    assertThat(redactor.redact("refused canary-se...")).isEqualTo("refused [hidden]");
    assertThat(redactor.redact("refused canary-se")).isEqualTo("refused [hidden]");
    assertThat(redactor.redact("refused can")).isEqualTo("refused can");
  }

  @Test
  void hidesTheLongerOfTwoThatBeginAlike() {
    redactor.learn(List.of("canary-a", "canary-access"));
    assertThat(redactor.redact("canary-access")).isEqualTo("[hidden]");
  }

  @Test
  void leavesWordsAlone() {
    redactor.learn(List.of("flink", ""));
    assertThat(redactor.redact("flink refuses")).isEqualTo("flink refuses");
  }

  @Test
  void keepsTheNewestOnly() {
    for (int i = 0; i <= Redactor.MOST; i++) {
      redactor.learn(List.of("canary-%06d".formatted(i)));
    }
    assertThat(redactor.redact("canary-000000 x")).isEqualTo("canary-000000 x");
    assertThat(redactor.redact("canary-%06d x".formatted(Redactor.MOST))).isEqualTo("[hidden] x");
  }
}
