package io.streamjob.e2e.suite;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl, in the scene's namespace. */
final class Kubectl {

  private Kubectl() {}

  /** What it prints, errors included; fails if it does. */
  static String run(Scene scene, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getenv().getOrDefault("KUBECTL", "kubectl"));
    command.add("--namespace=" + scene.namespace());
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("%s failed:%n%s".formatted(String.join(" ", command), output));
      }
      return output;
    } catch (IOException e) {
      throw new AssertionError("kubectl cannot be run; KUBECTL names it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while kubectl ran", e);
    }
  }
}
