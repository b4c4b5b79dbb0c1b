package io.weakref.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.cleaner.WeakCleaner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the registry is bounded by what is alive, and that it scales.
 */
@Tag("slow")
class ReferenceRegistryTests {

	private final TestCleaner test = new TestCleaner();

	private final WeakCleaner cleaner = this.test.cleaner;

	private final ReferenceRegistry registry = ReferenceRegistry.of(this.cleaner);

	private final AtomicInteger calls = new AtomicInteger();

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	@Tag("promise-2")
	void referenceThatWasAddedFirstIsTheSharedOne() {
		Object referent = new Object();
		WeakRef<Object> first = new WeakRef<>(referent);
		assertThat(this.registry.share(referent, first)).isSameAs(first);
		assertThat(this.registry.share(referent, new WeakRef<>(referent))).isSameAs(first);
		assertThat(this.registry.shared(referent, WeakRef.class)).isSameAs(first);
		assertThat(this.registry.shared(referent, Runnable.class)).isNull();
	}

	@Test
	void referencesToAMillionReferentsCallBackAndLeaveASmallTable() {
		int count = 1_000_000;
		int smallest = this.registry.bins();
		Held<List<Object>> referents = new Held<>(new ArrayList<>(count));
		List<WeakRef<Object>> refs = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			referents.get().add(new Object());
			refs.add(refer(referents.get().get(i)));
		}
		assertThat(this.registry.size()).isEqualTo(count);
		assertThat(WeakRefs.count(referents.get().get(count / 2))).isEqualTo(1);
		referents.letGo();
		GarbageCollection.collect();
		GarbageCollection.await(() -> this.calls.get() == count);
		GarbageCollection.await(() -> this.registry.size() == 0);
		assertThat(this.registry.bins()).isEqualTo(smallest);
		assertThat(refs).allMatch((ref) -> ref.get() == null);
		GarbageCollection.await(() -> this.cleaner.stats().callbacks() == count);
	}

	@Test
	void referencesThatNobodyHoldsLeaveNothingBehindThoughTheirReferentLives() {
		Object referent = new Object();
		Held<List<WeakRef<Object>>> held = new Held<>(new ArrayList<>());
		for (int i = 0; i < 100_000; i++) {
			held.get().add(WeakRef.of(referent, (ref) -> this.calls.incrementAndGet(), this.cleaner));
		}
		assertThat(WeakRefs.count(referent)).isEqualTo(100_000);
		held.letGo();
		GarbageCollection.until(() -> this.registry.size() == 0);
		assertThat(WeakRefs.count(referent)).isZero();
		assertThat(this.calls).hasValue(0);
	}

	@Test
	void clearedReferencesAndCalledFinalizersAreRemovedImmediately() {
		Object referent = new Object();
		List<WeakRef<Object>> refs = new ArrayList<>();
		List<Finalizer<?>> finalizers = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			refs.add(WeakRef.of(referent, (ref) -> this.calls.incrementAndGet(), this.cleaner));
			finalizers.add(Finalizer.register(referent, this.calls::incrementAndGet, this.cleaner));
		}
		assertThat(this.registry.size()).isEqualTo(200);
		refs.forEach(WeakRef::clear);
		refs.forEach(WeakRef::clear);
		assertThat(this.registry.size()).isEqualTo(100);
		finalizers.forEach(Finalizer::call);
		assertThat(this.registry.size()).isZero();
		assertThat(this.registry.hasFinalizers()).isFalse();
		assertThat(this.calls).hasValue(100);
	}

	@Test
	void thousandReferencesToOneReferentAreClearedOrCallBack() {
		Held<List<Object>> referents = new Held<>(new ArrayList<>());
		List<WeakRef<Object>> refs = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			referents.get().add(new Object());
		}
		for (int i = 0; i < 200_000; i++) {
			refs.add(refer(referents.get().get(i % 200)));
		}
		assertThat(WeakRefs.count(referents.get().get(7))).isEqualTo(1000);
		// From the middle of the chains, too.
		for (int i = 0; i < 100_000; i++) {
			refs.get(i).clear();
		}
		assertThat(WeakRefs.count(referents.get().get(7))).isEqualTo(500);
		referents.letGo();
		GarbageCollection.collect();
		GarbageCollection.await(() -> this.calls.get() == 100_000);
		GarbageCollection.await(() -> this.registry.size() == 0);
		GarbageCollection.await(() -> this.cleaner.stats().callbacks() == 100_000);
		assertThat(refs).allMatch((ref) -> ref.get() == null);
	}

	@Test
	void referentsWithTheSameIdentityHashDieIndependently() {
		List<Object> twins = new ArrayList<>(twins());
		List<String> ran = new CopyOnWriteArrayList<>();
		List<WeakRef<Object>> refs = new ArrayList<>();
		for (String name : List.of("oldest", "middle", "newest")) {
			for (int twin = 0; twin < 2; twin++) {
				String what = name + " of " + twin;
				refs.add(WeakRef.of(twins.get(twin), (ref) -> ran.add(what), this.cleaner));
			}
		}
		assertThat(WeakRefs.list(twins.get(0))).containsExactly(refs.get(4), refs.get(2), refs.get(0));
		assertThat(WeakRef.of(twins.get(0))).isNotSameAs(WeakRef.of(twins.get(1)));
		twins.set(0, this);
		GarbageCollection.until(() -> this.cleaner.stats().callbacks() == 3);
		assertThat(ran).containsExactly("newest of 0", "middle of 0", "oldest of 0");
		assertThat(WeakRefs.list(twins.get(1))).containsExactly(refs.get(5), refs.get(3), refs.get(1));
		twins.set(1, this);
		GarbageCollection.until(() -> this.cleaner.stats().callbacks() == 6);
		assertThat(ran).endsWith("newest of 1", "middle of 1", "oldest of 1");
	}

	/** Identity hashes have 31 bits or fewer, so among this many two are the same. */
	private static List<Object> twins() {
		Map<Integer, Object> byHash = new HashMap<>();
		while (byHash.size() < 10_000_000) {
			Object object = new Object();
			Object other = byHash.put(System.identityHashCode(object), object);
			if (other != null) {
				return List.of(object, other);
			}
		}
		throw new IllegalStateException("No identity hash came twice");
	}

	@Test
	void referencesToOneObjectMayBeClearedInTheOrderInWhichTheyWereMade() {
		Held<Object> referent = new Held<>(new Object());
		List<WeakRef<Object>> refs = new ArrayList<>();
		List<Integer> ran = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 100_000; i++) {
			int number = i;
			refs.add(WeakRef.of(referent.get(), (ref) -> ran.add(number), this.cleaner));
		}
		for (int i = 0; i < 99_000; i++) {
			refs.get(i).clear();
		}
		assertThat(this.registry.size()).isEqualTo(1000).isEqualTo(WeakRefs.count(referent.get()));
		referent.letGo();
		GarbageCollection.until(() -> ran.size() == 1000);
		assertThat(ran).isSortedAccordingTo(Comparator.reverseOrder()).contains(99_000, 99_999);
		assertThat(this.registry.size()).isZero();
		assertThat(refs.get(0).get()).isNull();
	}

	@Test
	void finalizersThatAreCalledFarBehindTheNewestAreRemoved() {
		List<Object> referents = new ArrayList<>();
		List<Finalizer<?>> finalizers = new ArrayList<>();
		Runnable nothing = () -> {
		};
		for (int i = 0; i < 100_000; i++) {
			referents.add(new Object());
			finalizers.add(Finalizer.register(referents.get(i), nothing, this.cleaner));
		}
		WeakRef<Object> watched = WeakRef.of(finalizers.get(50_000));
		for (int i = 0; i < 100_000; i++) {
			finalizers.get(i).call();
		}
		assertThat(this.registry.size()).isZero();
		assertThat(this.registry.hasFinalizers()).isFalse();
		Finalizer<?> kept = finalizers.get(70_000);
		finalizers.clear();
		GarbageCollection.until(() -> watched.get() == null);
		assertThat(kept.isAlive()).isFalse();
		assertThat(referents).hasSize(100_000);
	}

	@Test
	void threadsMayAddClearDropAndCountWhileReferentsDie() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Future<List<WeakRef<Object>>>> futures = new ArrayList<>();
			Object immortal = new Object();
			for (int thread = 0; thread < 8; thread++) {
				Callable<List<WeakRef<Object>>> task = () -> {
					List<WeakRef<Object>> kept = new ArrayList<>();
					for (int i = 0; i < 20_000; i++) {
						Object mortal = new Object();
						kept.add(WeakRef.of(mortal, (ref) -> this.calls.incrementAndGet(), this.cleaner));
						WeakRef<Object> other = WeakRef.of(immortal, (ref) -> this.calls.addAndGet(1_000_000),
								this.cleaner);
						if (i % 2 == 0) {
							other.clear();
						}
						assertThat(WeakRef.of(mortal)).isSameAs(WeakRef.of(mortal));
						if (i % 1000 == 0) {
							assertThat(WeakRefs.count(mortal)).isBetween(1, 2);
						}
						if (i % 10_000 == 0) {
							System.gc();
						}
					}
					GarbageCollection.until(() -> kept.stream().allMatch((ref) -> ref.get() == null));
					return kept;
				};
				futures.add(executor.submit(task));
			}
			List<WeakRef<Object>> kept = new ArrayList<>();
			for (Future<List<WeakRef<Object>>> future : futures) {
				kept.addAll(future.get());
			}
			GarbageCollection.until(() -> this.registry.size() == 0);
			GarbageCollection.await(() -> this.calls.get() >= 160_000);
			GarbageCollection.await(() -> this.cleaner.stats().pendingCallbacks() == 0);
			assertThat(this.calls).hasValue(160_000);
			assertThat(kept).hasSize(160_000);
			assertThat(WeakRefs.count(immortal)).isZero();
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void cleanerThatIsClosedAndForgottenIsCollectedWithItsRegistry() {
		Held<TestCleaner> other = new Held<>(new TestCleaner());
		Object referent = new Object();
		Finalizer.register(referent, this.calls::incrementAndGet, other.get().cleaner).setAtExit(false);
		WeakRef<?> watched = WeakRef.of(ReferenceRegistry.of(other.get().cleaner));
		WeakRef<?> watchedCleaner = WeakRef.of(other.get().cleaner);
		other.get().close();
		other.letGo();
		GarbageCollection.until(() -> watched.get() == null && watchedCleaner.get() == null);
		assertThat(WeakRefs.count(referent)).isZero();
		assertThat(this.calls).hasValue(0);
	}

	private WeakRef<Object> refer(Object referent) {
		return WeakRef.of(referent, (ref) -> this.calls.incrementAndGet(), this.cleaner);
	}

}
