package io.streamjob.operator.storage;

import io.minio.MinioAsyncClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * Snapshots in any S3: AWS, MinIO, versitygw and others. All accesses share one HTTP client with
 * its connections; what an access adds is cheap and kept for the {@value #CLIENTS} used last.
 * Credentials come from the access and from nowhere else.
 */
public final class MinioSnapshotStore extends ObjectSnapshotStore {

  private static final int CLIENTS = 32;
  private static final int MAX_REQUESTS = 64;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(20);

  private final OkHttpClient http;
  private final Map<StorageAccess, ObjectClient> clients = new LinkedHashMap<>(16, 0.75f, true);

  public MinioSnapshotStore() {
    this(StorageLimits.DEFAULT);
  }

  public MinioSnapshotStore(StorageLimits limits) {
    super(limits);
    this.http = httpClient(limits);
  }

  @Override
  ObjectClient client(StorageAccess access) {
    synchronized (clients) {
      ObjectClient client = clients.computeIfAbsent(access, this::connect);
      if (clients.size() > CLIENTS) {
        clients.remove(clients.keySet().iterator().next());
      }
      return client;
    }
  }

  @Override
  public void close() {
    super.close();
    http.dispatcher().cancelAll();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }

  // The MinIO client holds nothing but the shared HTTP client, which outlives it.
  @SuppressWarnings("MustBeClosed")
  private ObjectClient connect(StorageAccess access) {
    MinioAsyncClient client =
        MinioAsyncClient.builder()
            .endpoint(access.endpoint().toString())
            .region(access.region())
            .credentials(access.credentials().accessKey(), access.credentials().secretKey())
            .httpClient(http)
            .build();
    switch (access.addressing()) {
      case PathStyle -> client.disableVirtualStyleEndpoint();
      case VirtualHost -> client.enableVirtualStyleEndpoint();
    }
    return new MinioObjectClient(client, new MinioFailures(access));
  }

  /** Redirects are not followed: a signed request is for the configured endpoint only. */
  private static OkHttpClient httpClient(StorageLimits limits) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            0,
            MAX_REQUESTS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("storage-", 0).factory());
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(MAX_REQUESTS);
    dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectTimeout(CONNECT)
        .readTimeout(SILENCE)
        .writeTimeout(SILENCE)
        .callTimeout(limits.request())
        .followRedirects(false)
        .followSslRedirects(false)
        .addInterceptor(new LimitedAnswers(limits.metadataBytes()))
        .build();
  }
}
