package io.streamjob.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamjob.operator.storage.StorageAccess.Addressing;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageAccessTest {

  private static final Credentials KEYS = new Credentials("canary-access", "canary-secret");

  @Test
  void neverShowsItsKeys() {
    StorageAccess access = access("https://s3.example:9000");

    assertThat(access.toString()).contains("s3.example").doesNotContain("canary");
    assertThat(KEYS.toString()).doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3.example",
        "ftp://s3.example",
        "https:///a",
        "https://s3.example/bucket",
        "https://s3.example?x=canary-query",
        "https://user:canary-password@s3.example"
      })
  void refusesEndpointsThatAreMoreThanAHost(String endpoint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> access(endpoint))
        .withMessageNotContaining("canary");
  }

  @Test
  void refusesEmptyKeys() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Credentials(" ", "secret"));
    assertThatIllegalArgumentException().isThrownBy(() -> new Credentials("access", ""));
  }

  private static StorageAccess access(String endpoint) {
    return new StorageAccess(
        SnapshotPath.parse("s3://bucket/jobs"),
        URI.create(endpoint),
        "us-east-1",
        Addressing.PathStyle,
        KEYS);
  }
}
