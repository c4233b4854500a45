package io.streamjob.e2e.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {
  private static final String TEXT =
      "at=1763682305123 event=1234 key=34 count=13 version=v1 run=6d1c subtask=0";

  @Test
  void readsWhatItWrites() {
    Line line = new Line(1763682305123L, 1234, 34, 13, "v1", "6d1c", 0, "");
    assertEquals(TEXT, line.toString());
    assertEquals(Optional.of(line), Line.parse(TEXT));
    Line noted = new Line(1763682305123L, 1234, 34, 13, "v2", "6d1c", 0, "even");
    assertEquals(Optional.of(noted), Line.parse(noted.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "at=1763682305123 event=1234",
        "event=1234 key=34 count=13 version=v1 run=6d1c subtask=0",
        "at=176368230512 event=1234 key=34 count=13 version=v1 run=6d1c subtask=0",
        "at=1763682305123 event=x key=34 count=13 version=v1 run=6d1c subtask=0",
        "at=1763682305123 event=1234 key=34 count=13 version=v1 run=6d1c subtask=",
        "at=1763682305123 event=1234 key=34 count=13 version=v1 run=6d1c subtask=0at=17"
      })
  void refusesWhatIsNoLine(String text) {
    assertTrue(Line.parse(text).isEmpty());
  }
}
