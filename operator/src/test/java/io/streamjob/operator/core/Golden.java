package io.streamjob.operator.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files that say what is expected; {@code -Dgolden.rewrite=true} writes them anew. */
public final class Golden {

  private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");

  private final Path folder;

  public Golden(String folder) {
    this(Path.of("src/test/resources/golden", folder));
  }

  private Golden(Path folder) {
    this.folder = folder;
  }

  /** The pages of the documentation that are generated. */
  public static Golden docs() {
    return new Golden(Path.of("docs"));
  }

  /** Fails unless the file holds exactly this text. */
  public void check(String name, String text) {
    try {
      Path file = folder.resolve(name);
      if (REWRITE) {
        Files.createDirectories(folder);
        Files.writeString(file, text);
      }
      assertThat(file)
          .as("run mvn -pl operator test -Dgolden.rewrite=true, and read the difference")
          .exists()
          .content()
          .isEqualTo(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails when a file is there that no test looks at. */
  public void checkNothingElse(Set<String> names) {
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> found =
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      assertThat(found).as("golden files without a test").isSubsetOf(names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
