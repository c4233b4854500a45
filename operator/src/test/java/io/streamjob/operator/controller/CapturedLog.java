package io.streamjob.operator.controller;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.streamjob.operator.telemetry.JsonLines;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** All that our packages log, down to the finest, and others as they do. */
final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.streamjob");
  private final Level before = ours.getLevel();
  private final JsonLines encoder = new JsonLines();
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

  CapturedLog() {
    setContext(root.getLoggerContext());
    start();
    ours.setLevel(Level.TRACE);
    root.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    events.add(event);
  }

  List<ILoggingEvent> events() {
    return List.copyOf(events);
  }

  /** As it is written. */
  String text() {
    var text = new StringBuilder();
    events.forEach(event -> text.append(new String(encoder.encode(event), StandardCharsets.UTF_8)));
    return text.toString();
  }

  @Override
  public void close() {
    root.detachAppender(this);
    ours.setLevel(before);
    stop();
  }
}
