package io.streamjob.operator.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One exception of a Java stack trace, the form in which Flink reports every failure.
 *
 * @param type the simple name of its class; empty for plain text
 * @param message its message in one line, at most 500 characters; may be empty
 */
record Cause(String type, String message) {

  private static final int LONGEST = 500;
  private static final String CAUSED_BY = "Caused by: ";
  private static final Pattern HEADER =
      Pattern.compile("(?:[\\w$]+\\.)+(?:\\w+\\$)*([\\w$]+)(?:: ?(.*))?", Pattern.DOTALL);

  /** The causes from the outermost to the innermost; never empty. */
  static List<Cause> chain(String stackTrace) {
    List<Cause> chain = new ArrayList<>();
    StringBuilder header = new StringBuilder();
    boolean inFrames = false;
    for (String line : withoutFrame(stackTrace).lines().toList()) {
      if (line.startsWith("\t")) {
        inFrames = true;
      } else if (line.startsWith(CAUSED_BY)) {
        chain.add(parse(header.toString()));
        header = new StringBuilder(line.substring(CAUSED_BY.length()));
        inFrames = false;
      } else if (!inFrames) { // messages may have several lines
        header.append(' ').append(line);
      }
    }
    chain.add(parse(header.toString()));
    return List.copyOf(chain);
  }

  /** The innermost cause that has a message; wrappers and bare class names tell a user nothing. */
  static Cause innermost(String stackTrace) {
    List<Cause> chain = chain(stackTrace);
    return chain.reversed().stream()
        .filter(cause -> !cause.message().isEmpty())
        .findFirst()
        .orElse(chain.getLast());
  }

  /** A local exception in the same form. */
  static String line(Throwable failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    return new Cause(failure.getClass().getSimpleName(), shorten(message)).line();
  }

  String line() {
    return List.of(type, message).stream()
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(": "));
  }

  private static Cause parse(String header) {
    Matcher matcher = HEADER.matcher(header.strip());
    if (!matcher.matches()) {
      return new Cause("", shorten(header));
    }
    String message = matcher.group(2);
    return new Cause(matcher.group(1), message == null ? "" : shorten(message));
  }

  /** Drops the lines that RestServerEndpoint puts around a trace for its 500s. */
  private static String withoutFrame(String stackTrace) {
    return stackTrace
        .replace("<Exception on server side:\n", "")
        .replace("\nEnd of exception on server side>", "");
  }

  private static String shorten(String text) {
    String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 3) + "...";
  }
}
