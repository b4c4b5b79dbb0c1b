package io.weakref.retention;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * An application whose weak collections never shrink, each for a different reason. It
 * writes a heap dump of itself. Runs in a separate JVM.
 */
final class PlantedHolders {

	/**
	 * Contained in every key, every value and every name that the application creates.
	 */
	static final String SECRET = "s3cr3t";

	static final int SESSIONS = 50;

	static final int LISTENERS = 40;

	static final int LOCALS = 30;

	static final int THREAD_LOCALS = 20;

	static final int OWNERS = 10;

	static final int LOCKED = 5;

	static final int HELD = 7;

	static final Map<String, Session> OPEN = new HashMap<>();

	static final Bus BUS = new Bus();

	static final ThreadLocal<@Nullable List<Tile>> CURRENT = new ThreadLocal<>();

	/** Unrelated objects. */
	static final List<Object> FILLER = new ArrayList<>();

	private static final AtomicInteger COUNT = new AtomicInteger();

	static final WeakValueDictionary<String, Tile> TILES = WeakValueDictionary.<String, Tile>builder()
		.name("tiles")
		.build();

	static final WeakKeyDictionary<Owner, Account> ACCOUNTS = WeakKeyDictionary.<Owner, Account>builder()
		.name("accounts")
		.build();

	static final WeakSet<Tile> VIEWED = WeakSet.<Tile>builder().name("viewed").build();

	static final WeakLocks<String> LOCKS = WeakLocks.<String>builder().name("locks").build();

	static final WeakValueDictionary<String, Tile> RECENT = WeakValueDictionary.<String, Tile>builder()
		.name("recent")
		.holdFor(Duration.ofHours(1))
		.build();

	private PlantedHolders() {
	}

	/** Print the number of the line where a thread that holds tiles waits. */
	public static void main(String[] arguments) throws Exception {
		fill(Integer.getInteger("filler", 1000));
		for (int i = 0; i < SESSIONS; i++) {
			OPEN.put(SECRET + i, new Session(SECRET + "-session-" + i, tile()));
		}
		for (int i = 0; i < LISTENERS; i++) {
			Tile tile = tile();
			BUS.listeners.add((event) -> tile.repaint(event));
		}
		for (int i = 0; i < OWNERS; i++) {
			Owner owner = new Owner(SECRET + i);
			ACCOUNTS.put(owner, new Account(owner));
		}
		for (int i = 0; i < LOCKED; i++) {
			LOCKS.get(SECRET + i).lock();
		}
		for (int i = 0; i < HELD; i++) {
			RECENT.put(SECRET + i, new Tile(SECRET + "-pixels"));
		}
		Thread renderer = start("renderer-1", PlantedHolders::render);
		Thread viewer = start("viewer-1", () -> {
			List<Tile> tiles = new ArrayList<>();
			for (int i = 0; i < THREAD_LOCALS; i++) {
				tiles.add(tile());
			}
			VIEWED.addAll(tiles);
			CURRENT.set(tiles);
			tiles = null;
			waitForever();
		});
		while (renderer.getState() != Thread.State.WAITING || viewer.getState() != Thread.State.WAITING) {
			Thread.onSpinWait();
		}
		ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(System.getProperty("dump"), true);
		System.exit(0);
	}

	private static void render() {
		Tile[] tiles = new Tile[LOCALS];
		for (int i = 0; i < LOCALS; i++) {
			tiles[i] = tile();
		}
		int line = StackWalker.getInstance().walk((frames) -> frames.findFirst().orElseThrow().getLineNumber());
		System.out.println(line + 2);
		waitForever();
		Reference.reachabilityFence(tiles);
	}

	private static Tile tile() {
		Tile tile = new Tile(SECRET + "-pixels");
		TILES.put(SECRET + "-" + COUNT.incrementAndGet(), tile);
		return tile;
	}

	private static void fill(int objects) {
		// A third of the objects are strings, another third their bytes.
		for (int i = 0; i < objects / 3; i++) {
			FILLER.add((i % 2 == 0) ? new StringBuilder("filler ").append(i).toString()
					: Map.entry(Integer.valueOf(i), new StringBuilder().append(i).toString()));
		}
	}

	private static Thread start(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static void waitForever() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static final class Bus {

		private final List<Consumer<String>> listeners = new ArrayList<>();

	}

	record Session(String id, Tile tile) {
	}

	record Owner(String name) {
	}

	record Account(Owner owner) {
	}

	static final class Tile {

		private final String pixels;

		private @Nullable String event;

		Tile(String pixels) {
			this.pixels = pixels;
		}

		void repaint(String event) {
			this.event = this.pixels + event;
		}

		@Override
		public String toString() {
			return this.pixels + this.event;
		}

	}

}
