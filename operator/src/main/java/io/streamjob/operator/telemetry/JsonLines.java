package io.streamjob.operator.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The log with one JSON object a line, of bounded length; logback's own encoder knows no bound, and
 * spells out every frame of a stack trace as an object.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {

  static final int LONGEST_MESSAGE = 8_000;
  static final int LONGEST_TRACE = 16_000;
  static final int LONGEST_FIELD = 300;
  static final int MOST_FIELDS = 20;

  private static final JsonFactory JSON = new JsonFactory();

  /** The SDK's own fields; they say the same as ours, and stand in where ours are missing. */
  private static final String SDK = "resource.";

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    var line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", event.getInstant().toString());
      json.writeStringField("level", event.getLevel().toString());
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("thread", event.getThreadName());
      json.writeStringField("message", cut(event.getFormattedMessage(), LONGEST_MESSAGE));
      for (Map.Entry<String, String> field : fields(event).entrySet()) {
        json.writeStringField(field.getKey(), cut(field.getValue(), LONGEST_FIELD));
      }
      if (event.getThrowableProxy() != null) {
        json.writeStringField(
            "exception",
            cut(ThrowableProxyUtil.asString(event.getThrowableProxy()), LONGEST_TRACE));
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("nothing that is written to memory fails", e);
    }
    return line.toByteArray();
  }

  private static Map<String, String> fields(ILoggingEvent event) {
    var all = new TreeMap<String, String>(event.getMDCPropertyMap());
    if (all.containsKey("namespace")) {
      all.keySet().removeIf(key -> key.startsWith(SDK));
    }
    while (all.size() > MOST_FIELDS) {
      all.pollLastEntry();
    }
    return all;
  }

  private static String cut(String text, int length) {
    return text == null || text.length() <= length ? text : text.substring(0, length) + " …";
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
