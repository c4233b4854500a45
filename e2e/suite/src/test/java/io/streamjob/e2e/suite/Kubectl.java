package io.streamjob.e2e.suite;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl, in the scene's namespace. */
final class Kubectl {

  private Kubectl() {}

  /**
   * What a command came to.
   *
   * @param output errors included
   */
  record Result(int code, String output) {}

  /** What it prints, errors included; fails if it does. */
  static String run(Scene scene, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getenv().getOrDefault("KUBECTL", "kubectl"));
    command.add("--namespace=" + scene.namespace());
    command.addAll(List.of(arguments));
    Result result = run(command);
    if (result.code() != 0) {
      throw new AssertionError(
          "%s failed:%n%s".formatted(String.join(" ", command), result.output()));
    }
    return result.output();
  }

  /** Runs a script that calls kubectl itself. */
  static Result script(String... command) {
    return run(List.of(command));
  }

  private static Result run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new AssertionError(
          "%s cannot be run; KUBECTL names kubectl".formatted(command.getFirst()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while kubectl ran", e);
    }
  }
}
