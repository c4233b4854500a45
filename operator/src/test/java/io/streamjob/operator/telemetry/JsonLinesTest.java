package io.streamjob.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  private final Logger logger = new LoggerContext().getLogger("test.Logger");

  private JsonNode line(String message, Throwable failure, Map<String, String> fields)
      throws IOException {
    var event =
        new LoggingEvent(
            JsonLinesTest.class.getName(), logger, Level.WARN, message, failure, new Object[0]);
    event.setMDCPropertyMap(fields);
    String text = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
    assertThat(text).endsWith("}\n").containsOnlyOnce("\n");
    return new ObjectMapper().readTree(text);
  }

  @Test
  void isOneObjectALine() throws IOException {
    JsonNode line =
        line(
            "two\nlines \"quoted\"",
            new IllegalStateException("why\nnot"),
            Map.of("namespace", "shop", "job", "orders", "step", "Fence"));
    assertThat(line.path("message").asText()).isEqualTo("two\nlines \"quoted\"");
    assertThat(line.path("level").asText()).isEqualTo("WARN");
    assertThat(line.path("logger").asText()).isEqualTo("test.Logger");
    assertThat(line.path("job").asText()).isEqualTo("orders");
    assertThat(line.path("step").asText()).isEqualTo("Fence");
    assertThat(line.path("exception").asText()).contains("IllegalStateException: why\nnot");
  }

  @Test
  void hasTheFieldsOfTheSdkOnlyWhereOursAreMissing() throws IOException {
    assertThat(line("x", null, Map.of("resource.name", "orders")).has("resource.name")).isTrue();
    assertThat(
            line("x", null, Map.of("namespace", "shop", "resource.name", "orders"))
                .has("resource.name"))
        .isFalse();
  }

  @Test
  void hasABoundedLength() throws IOException {
    String endless = "x".repeat(1_000_000);
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      fields.put("field-" + i, endless);
    }
    JsonNode line = line(endless, new IllegalStateException(endless), fields);
    assertThat(line.toString().length())
        .isLessThan(
            JsonLines.LONGEST_MESSAGE
                + JsonLines.LONGEST_TRACE
                + JsonLines.MOST_FIELDS * (JsonLines.LONGEST_FIELD + 20)
                + 500);
  }
}
