package io.streamjob.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.storage.StorageException.Kind;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class StorageExceptionTest {

  @Test
  void saysItInOneShortLine() {
    StorageException failure = new StorageException(Kind.Other, "a\r\n\tb " + "x".repeat(1000));

    assertThat(failure.getMessage()).startsWith("a b xx").hasSizeLessThanOrEqualTo(500);
  }

  @Test
  void isFoundInsideWhatAFutureThrows() {
    StorageException failure = new StorageException(Kind.NotFound, "gone");

    assertThat(StorageException.of(new CompletionException(new ExecutionException(failure))))
        .isSameAs(failure);
    assertThat(StorageException.of(new IllegalStateException("canary-secret")))
        .satisfies(other -> assertThat(other.kind()).isEqualTo(Kind.Other))
        .hasMessageNotContaining("canary");
  }
}
