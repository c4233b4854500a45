package io.streamjob.operator.telemetry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Takes the keys that the operator knows out of texts that others wrote, before these reach a
 * status, an Event or a log: Flink's own exceptions may quote what a job's pods were given.
 *
 * <p>A value of fewer than {@value #SHORTEST} characters is left alone: it would be a word that
 * shows in any sentence, and is no key that anybody relies on.
 */
public final class Redactor {

  static final int SHORTEST = 8;

  /** The newest ones are kept: pods may run on with those from before a rotation. */
  static final int MOST = 2_000;

  private static final String CUT = "...";
  private static final String HIDDEN = "[hidden]";

  private final LinkedHashSet<String> values = new LinkedHashSet<>();

  /** The longest first, for one may be part of another. */
  private volatile List<String> known = List.of();

  /** Knows these values from now on. */
  public synchronized void learn(Collection<String> secrets) {
    boolean isNew = false;
    for (String secret : secrets) {
      for (String form : List.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8))) {
        isNew |= form.length() >= SHORTEST && values.add(form);
      }
    }
    while (values.size() > MOST) {
      values.removeFirst();
    }
    if (isNew) {
      known = values.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    }
  }

  /** The text without any of them. */
  public String redact(String text) {
    String clean = text;
    for (String value : known) {
      clean = withoutBeginning(clean.replace(value, HIDDEN), value);
    }
    return clean;
  }

  /** A text that was cut may end in the middle of one. */
  private static String withoutBeginning(String text, String value) {
    String body = text.endsWith(CUT) ? text.substring(0, text.length() - CUT.length()) : text;
    for (int length = value.length() - 1; length >= SHORTEST / 2; length--) {
      if (body.endsWith(value.substring(0, length))) {
        return body.substring(0, body.length() - length) + HIDDEN;
      }
    }
    return text;
  }

  /** The text, if there is one, without any of them. */
  public Optional<String> redact(Optional<String> text) {
    return text.map(this::redact);
  }
}
