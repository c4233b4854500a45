package io.streamjob.operator.core.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.core.state.Decoded;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavepointStateTest {

  private static Attempt attempt(int number) {
    return new Attempt(
        "%032x".formatted(number), "%032x".formatted(number), number, "p".repeat(63), Instant.MAX);
  }

  private static final SavepointState FULL =
      SavepointState.NEW.begin(attempt(1)).over().begin(attempt(2)).over().begin(attempt(3));

  @Test
  void survivesTheWayThroughTheStatus() {
    for (SavepointState state : new SavepointState[] {SavepointState.NEW, FULL, FULL.over()}) {
      assertThat(SavepointState.FORMAT.decode(SavepointState.FORMAT.encode(state)))
          .isEqualTo(new Decoded.Known<>(state));
    }
  }

  @Test
  void fitsIntoTheStatus() {
    assertThat(SavepointState.FORMAT.encode(FULL).length()).isLessThan(4096);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "nonsense",
        "{\"version\":2,\"state\":{\"news\":true}}",
        "{\"version\":1,\"state\":{\"past\":[]}}",
        "{\"version\":1,\"state\":{\"past\":[],\"attempt\":null,\"unheard\":1}}"
      })
  void whatCannotBeReadIsNotTouched(String text) {
    assertThat(SavepointState.FORMAT.decode(text)).isInstanceOf(Decoded.Foreign.class);
  }
}
