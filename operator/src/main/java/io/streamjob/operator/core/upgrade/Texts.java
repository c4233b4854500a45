package io.streamjob.operator.core.upgrade;

import java.time.Duration;
import java.util.Locale;

/** How figures are written for people. */
final class Texts {

  private Texts() {}

  /** At most so many characters, none of them half. */
  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + " …";
  }

  /** Flink's constant as a word: FAILED as Failed. */
  static String word(String constant) {
    return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
  }

  /** A duration in whole minutes where it is one, else in seconds. */
  static String duration(Duration duration) {
    return duration.toSecondsPart() == 0 && duration.toMinutes() > 0
        ? duration.toMinutes() + " min"
        : duration.toSeconds() + " s";
  }
}
