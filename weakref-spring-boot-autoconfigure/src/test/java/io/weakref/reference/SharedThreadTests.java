package io.weakref.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.weakref.ForkedJvm;
import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the thread of the shared cleaner runs as long as it is needed, and no
 * longer.
 */
@Tag("slow")
class SharedThreadTests {

	@Test
	void referenceWithoutACallbackNeedsNoThread() {
		assertThat(ForkedJvm.run(WithoutCallbacks.class)).containsExactly("threads: []");
	}

	@Test
	void threadEndsWhenNothingIsLeftToServeAndStartsAgainOnDemand() {
		assertThat(ForkedJvm.run(EndsAndStarts.class)).containsExactly("serving a callback: [weakref-cleaner]",
				"called back", "then: []", "serving a collection: [weakref-cleaner]", "then: []",
				"serving a finalizer: [weakref-cleaner]", "finalized", "then: []", "serving again: [weakref-cleaner]",
				"called back", "alive: true");
	}

	@Test
	void threadStaysWhileAWeakCollectionIsHeldEvenIfNothingHappens() {
		assertThat(ForkedJvm.run(Stays.class)).containsExactly("after the idle time: [weakref-cleaner]",
				"removed what died");
	}

	@Test
	void firstReferenceCallbackAndCollectionOfAJvmLoadNeitherFlightRecorderNorManagement() {
		List<String> lines = ForkedJvm.run(FirstUse.class, "-Xlog:class+load");
		assertThat(lines).anyMatch((line) -> line.contains("io.weakref.cleaner.WeakCleaner "));
		assertThat(lines).noneMatch((line) -> line.contains(" jdk.jfr.Event ") || line.contains(" jdk.jfr.internal.")
				|| line.contains(" java.lang.management."));
	}

	static final class FirstUse {

		private FirstUse() {
		}

		public static void main(String[] args) throws InterruptedException {
			CountDownLatch called = new CountDownLatch(1);
			CleanerInternals.dispatch(WeakCleaner.shared(), "source", called::countDown);
			WeakRef<Object> ref = WeakRef.of(called, (dead) -> called.countDown());
			WeakSet<Object> set = new WeakSet<>();
			set.add(called);
			called.await();
			System.out.println(ref + " " + set.size());
			System.exit(0);
		}

	}

	static final class WithoutCallbacks {

		private WithoutCallbacks() {
		}

		public static void main(String[] args) {
			Task task = new Task();
			List<Object> held = new ArrayList<>();
			held.add(WeakRef.of(task));
			held.add(WeakProxy.of(Runnable.class, task));
			held.add(WeakMethod.of(task, Task::name));
			Consumer<String> listener = WeakMethod.listener(task, Task::hear);
			held.add(listener);
			held.add(new WeakRef<>(task, null, WeakCleaner.shared()) {
			});
			System.out.println("threads: " + threads());
			assertThat(WeakRefs.count(task)).isEqualTo(3);
			assertThat(held).isNotEmpty();
			System.exit(0);
		}

	}

	static final class EndsAndStarts {

		private EndsAndStarts() {
		}

		public static void main(String[] args) {
			callBack("serving a callback");
			awaitEnd();
			System.out.println("serving a collection: " + serveACollection());
			awaitEnd();
			CountDownLatch finalized = new CountDownLatch(1);
			Finalizer.register(new Object(), finalized::countDown);
			System.out.println("serving a finalizer: " + threads());
			GarbageCollection.until(() -> finalized.getCount() == 0);
			System.out.println("finalized");
			awaitEnd();
			callBack("serving again");
			System.out.println("alive: " + WeakCleaner.shared().isAlive());
			System.exit(0);
		}

		private static List<String> serveACollection() {
			new WeakSet<>().add(new Object());
			return threads();
		}

		private static void callBack(String title) {
			CountDownLatch called = new CountDownLatch(1);
			WeakRef<Object> ref = WeakRef.of(new Object(), (dead) -> called.countDown());
			System.out.println(title + ": " + threads());
			GarbageCollection.until(() -> called.getCount() == 0);
			System.out.println("called back");
			assertThat(ref.get()).isNull();
		}

		private static void awaitEnd() {
			GarbageCollection.until(() -> threads().isEmpty());
			System.out.println("then: " + threads());
		}

	}

	static final class Stays {

		private Stays() {
		}

		public static void main(String[] args) throws InterruptedException {
			WeakSet<Object> set = new WeakSet<>();
			Object element = new Object();
			set.add(element);
			GarbageCollection.collect();
			assertThat(new CountDownLatch(1).await(7, TimeUnit.SECONDS)).isFalse();
			System.out.println("after the idle time: " + threads());
			assertThat(element).isNotNull();
			element = new Object();
			GarbageCollection.until(() -> WeakCleaner.shared().stats().purged() == 1);
			assertThat(set).isEmpty();
			System.out.println("removed what died");
			System.exit(0);
		}

	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("weakref-cleaner"))
			.toList();
	}

	static final class Task implements Runnable {

		@Override
		public void run() {
		}

		String name() {
			return "task";
		}

		void hear(String text) {
		}

	}

}
