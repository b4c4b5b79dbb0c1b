package io.weakref.sample;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;

/**
 * A Redis server for a test.
 */
final class RedisServer implements AutoCloseable {

	/** Why a test that is enabled if {@link #isExpected} was skipped. */
	static final String MISSING = "Redis is not installed as /usr/bin/redis-server (Debian: apt-get install redis-server)";

	private static final Path BINARY = Path.of(System.getProperty("redis.server", "/usr/bin/redis-server"));

	private final int port;

	private final Path directory;

	private Process process;

	private RedisServer(int port, Path directory) throws IOException {
		this.port = port;
		this.directory = directory;
		this.process = launch();
		untilItListens();
	}

	/**
	 * Return whether to run the tests that need a server: if it is installed, or if
	 * {@code -Dredis.required=true} is set.
	 */
	static boolean isExpected() {
		return Boolean.getBoolean("redis.required") || Files.isExecutable(BINARY);
	}

	static RedisServer start(Path directory) throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		return new RedisServer(port, directory);
	}

	int port() {
		return this.port;
	}

	void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	void restart() throws IOException {
		this.process = launch();
		untilItListens();
	}

	private void untilItListens() {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::listens);
	}

	private Process launch() throws IOException {
		return new ProcessBuilder(BINARY.toString(), "--port", String.valueOf(this.port), "--bind", "127.0.0.1",
				"--save", "", "--dir", this.directory.toString())
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("redis.log").toFile())
			.start();
	}

	private boolean listens() {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() throws InterruptedException {
		kill();
	}

}
