package io.streamjob.operator.storage;

import java.time.Duration;

/**
 * What one operation may cost.
 *
 * @param operation how long one call of the store may take in all
 * @param request how long one request to the server may take, its body included
 * @param metadataBytes the largest {@code _metadata} that is read
 * @param files the most files that a snapshot may have
 * @param concurrency operations at a time, and requests at a time within one operation
 */
public record StorageLimits(
    Duration operation, Duration request, long metadataBytes, int files, int concurrency) {

  public static final StorageLimits DEFAULT =
      new StorageLimits(Duration.ofMinutes(5), Duration.ofMinutes(1), 100_000_000L, 200_000, 16);

  public StorageLimits withOperation(Duration limit) {
    return new StorageLimits(limit, request, metadataBytes, files, concurrency);
  }

  public StorageLimits withMetadataBytes(long limit) {
    return new StorageLimits(operation, request, limit, files, concurrency);
  }

  public StorageLimits withFiles(int limit) {
    return new StorageLimits(operation, request, metadataBytes, limit, concurrency);
  }
}
