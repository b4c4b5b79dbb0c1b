package io.weakref.cleaner;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.weakref.cleaner.CleanerInternals.Sweepable;
import org.jspecify.annotations.Nullable;

/**
 * Lets a cleaner count garbage collections of the old generation, as it reports them to
 * its tables, and prints the counts: first while only young garbage collections run, then
 * while old ones are requested.
 */
final class CountedOldCollections implements Sweepable {

	private static final int YOUNG = 60;

	private static final int ASKED_FOR = 10;

	/** The cleaner notices most garbage collections within this time. */
	private static final long NOTICE_NANOS = 50_000_000L;

	private static volatile Object garbage = new Object();

	private volatile int oldCollections;

	private volatile int sweeps;

	private @Nullable Object registration;

	private CountedOldCollections() {
	}

	public static void main(String[] arguments) {
		try (WeakCleaner cleaner = WeakCleaner.builder().build()) {
			CountedOldCollections table = new CountedOldCollections();
			table.registration = cleaner.register(table, new WeakReference<>(table));
			// G1 may move the table to the old generation immediately, so that young
			// garbage collections show nothing.
			until(() -> table.sweeps > 0, () -> {
				System.gc();
				// Without a wait, a busy machine makes so many collections before the
				// cleaner's thread gets a processor that they are counted.
				awaitFor(NOTICE_NANOS, () -> table.sweeps > 0);
			});
			long old = oldBefore();
			for (int i = 0; i < YOUNG; i++) {
				long young = collections();
				int sweeps = table.sweeps;
				until(() -> collections() > young, CountedOldCollections::allocate);
				awaitFor(NOTICE_NANOS, () -> table.sweeps > sweeps);
			}
			System.out.println("young: " + (table.oldCollections - (oldBefore() - old)));
			int first = table.oldCollections;
			until(() -> table.oldCollections > first, System::gc);
			long before = oldBefore();
			int warm = table.oldCollections;
			for (int i = 1; i <= ASKED_FOR; i++) {
				int expected = warm + i;
				System.gc();
				until(() -> table.oldCollections >= expected, Thread::onSpinWait);
			}
			System.out.println("old: " + (table.oldCollections - warm));
			System.out.println("spontaneous: " + Math.max(0, oldBefore() - before - ASKED_FOR));
			Reference.reachabilityFence(table.registration);
		}
	}

	private static void allocate() {
		for (int i = 0; i < 100; i++) {
			garbage = new byte[10_000];
		}
	}

	private static void until(BooleanSupplier condition, Runnable action) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > 30_000_000_000L) {
				throw new IllegalStateException("Waited for half a minute");
			}
			action.run();
		}
	}

	private static void awaitFor(long nanos, BooleanSupplier condition) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean() && System.nanoTime() - start < nanos) {
			Thread.onSpinWait();
		}
	}

	/** The number of garbage collections according to the JVM. */
	private static long collections() {
		return ManagementFactory.getGarbageCollectorMXBeans()
			.stream()
			.filter((bean) -> !bean.getName().endsWith("Pauses"))
			.mapToLong(GarbageCollectorMXBean::getCollectionCount)
			.sum();
	}

	/** How many cycles of ZGC included old objects: it begins some by itself. */
	private static long oldBefore() {
		return ManagementFactory.getGarbageCollectorMXBeans()
			.stream()
			.filter((bean) -> bean.getName().equals("ZGC Cycles") || bean.getName().equals("ZGC Major Cycles"))
			.mapToLong(GarbageCollectorMXBean::getCollectionCount)
			.sum();
	}

	@Override
	public String name() {
		return "counted";
	}

	@Override
	public int bins() {
		return 1;
	}

	@Override
	public int sweep(int from, int to) {
		// Only the drain thread calls this.
		this.sweeps = this.sweeps + 1;
		return 0;
	}

	@Override
	public boolean sampleAges(int oldCollections) {
		this.oldCollections = oldCollections;
		return false;
	}

	@Override
	public boolean settle(int bins) {
		return false;
	}

	@Override
	public void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
	}

}
