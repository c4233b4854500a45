package io.streamjob.operator.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.operator.act.StorageAccesses.UnusableException;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.spec.StorageProfile.Addressing;
import io.streamjob.operator.kube.InMemoryCluster;
import io.streamjob.operator.telemetry.Redactor;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StorageAccessesTest {

  private final InMemoryCluster cluster = new InMemoryCluster();
  private final StorageAccesses accesses =
      new StorageAccesses(
          cluster,
          Map.of(
              "default",
              new StorageProfile(
                  "default",
                  URI.create("s3://flink/all/"),
                  Optional.empty(),
                  "eu-west-1",
                  Addressing.VirtualHost,
                  "keys")),
          new Redactor());

  private void refuses(String profile, String reason, String... words) {
    assertThatThrownBy(() -> accesses.open(profile, "shop"))
        .isInstanceOfSatisfying(
            UnusableException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .message()
        .contains(words)
        .doesNotContain("canary");
  }

  @Test
  void reachesTheNamespacesOwnFolderWithItsOwnKeys() {
    cluster.putSecret("shop", "keys", Map.of("accessKey", "canary-a", "secretKey", "canary-b"));
    cluster.putSecret("other", "keys", Map.of("accessKey", "c", "secretKey", "d"));
    var access = accesses.open("default", "shop");
    assertThat(access.root()).hasToString("s3://flink/all/shop");
    assertThat(access.endpoint()).hasToString("https://s3.eu-west-1.amazonaws.com");
    assertThat(access.credentials().accessKey()).isEqualTo("canary-a");
    assertThat(access.toString()).doesNotContain("canary");
  }

  @Test
  void saysWhatIsMissing() {
    refuses("gone", "ProfileMissing", "gone");
    refuses("default", "SecretMissing", "shop", "keys");
    cluster.putSecret("shop", "keys", Map.of("accessKey", "canary-a"));
    refuses("default", "SecretIncomplete", "keys", "secretKey");
    cluster.putSecret("shop", "keys", Map.of("accessKey", "", "secretKey", "canary-b"));
    refuses("default", "SecretIncomplete", "keys", "accessKey");
  }

  @Test
  void saysWhatItMayNotRead() {
    cluster.forbidSecret("keys");
    refuses("default", "SecretForbidden", "keys");
  }
}
