package io.weakref.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the page on Python's {@code weakref} module, in Java.
 */
class PythonExampleTests {

	private final TestCleaner test = new TestCleaner();

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	void livenessIdiom() {
		Held<Object> object = new Held<>(new Object());
		WeakRef<Object> ref = WeakRef.of(object.get());
		assertThat(describe(ref)).isEqualTo("Object is still live!");
		object.letGo();
		GarbageCollection.until(() -> describe(ref).equals("Object has been deallocated; can't frobnicate."));
	}

	private static String describe(WeakRef<Object> ref) {
		Object object = ref.get();
		if (object == null) {
			return "Object has been deallocated; can't frobnicate.";
		}
		return object.getClass().getSimpleName() + " is still live!";
	}

	@Test
	void extendedRefCountsHowOftenItWasAsked() {
		String object = new String("object");
		ExtendedRef<String> ref = new ExtendedRef<>(object, "blue");
		assertThat(ref.get()).isSameAs(object);
		assertThat(ref.get()).isSameAs(object);
		assertThat(ref.counter()).isEqualTo(2);
		assertThat(ref.annotation()).isEqualTo("blue");
		assertThat(WeakRefs.list(object)).contains(ref);
		assertThat(ref.equals(WeakRef.of(object))).isTrue();
		assertThat(ref.counter()).isEqualTo(2);
		ref.clear();
		assertThat(ref.get()).isNull();
		assertThat(ref.counter()).isEqualTo(2);
	}

	@Test
	void objectsAreFoundByAnIdThatDoesNotKeepThemAlive() {
		IdRegistry registry = new IdRegistry(this.test.cleaner);
		Held<Object> object = new Held<>(new Object());
		int id = registry.remember(object.get());
		assertThat(registry.find(id)).isSameAs(object.get());
		object.letGo();
		GarbageCollection.until(() -> registry.find(id) == null);
	}

	@Test
	void imageCacheSharesAnImageWhileSomebodyShowsIt() {
		WeakValueDictionary<String, Image> images = WeakValueDictionary.<String, Image>builder()
			.name("images")
			.cleaner(this.test.cleaner)
			.build();
		AtomicInteger loads = new AtomicInteger();
		Held<Image> shown = new Held<>(images.computeIfAbsent("cat.png", (name) -> load(name, loads)));
		assertThat(images.computeIfAbsent("cat.png", (name) -> load(name, loads))).isSameAs(shown.get());
		assertThat(loads).hasValue(1);
		shown.letGo();
		GarbageCollection.until(() -> !images.containsKey("cat.png"));
		assertThat(Objects.requireNonNull(images.computeIfAbsent("cat.png", (name) -> load(name, loads))).name())
			.isEqualTo("cat.png");
		assertThat(loads).hasValue(2);
	}

	private static Image load(String name, AtomicInteger loads) {
		loads.incrementAndGet();
		return new Image(name, List.of((byte) 0));
	}

	@Test
	void finalizerIsAliveUntilItsObjectDies() {
		AtomicInteger callbacks = new AtomicInteger();
		Held<Object> kenny = new Held<>(new Object());
		Finalizer<Integer> finalizer = Finalizer.register(kenny.get(), callbacks::incrementAndGet, this.test.cleaner);
		assertThat(finalizer.isAlive()).isTrue();
		kenny.letGo();
		GarbageCollection.until(() -> !finalizer.isAlive());
		GarbageCollection.await(() -> callbacks.get() == 1);
		assertThat(finalizer.call()).isNull();
	}

	@Test
	void temporaryDirectoryIsRemovedByHandOrWithItsObject() throws Exception {
		TemporaryDirectory byHand = new TemporaryDirectory(this.test.cleaner);
		assertThat(byHand.path).isDirectory();
		assertThat(byHand.isRemoved()).isFalse();
		byHand.remove();
		assertThat(byHand.path).doesNotExist();
		assertThat(byHand.isRemoved()).isTrue();
		byHand.remove();

		Held<TemporaryDirectory> forgotten = new Held<>(new TemporaryDirectory(this.test.cleaner));
		Path path = forgotten.get().path;
		forgotten.letGo();
		GarbageCollection.until(() -> Files.notExists(path));
	}

	private static final class ExtendedRef<T> extends WeakRef<T> {

		private final AtomicInteger counter = new AtomicInteger();

		private final String annotation;

		ExtendedRef(T referent, String annotation) {
			super(referent, null, WeakCleaner.shared());
			this.annotation = annotation;
		}

		@Override
		public @Nullable T get() {
			T referent = super.get();
			if (referent != null) {
				this.counter.incrementAndGet();
			}
			return referent;
		}

		int counter() {
			return this.counter.get();
		}

		String annotation() {
			return this.annotation;
		}

	}

	private static final class IdRegistry {

		private final AtomicInteger lastId = new AtomicInteger();

		private final WeakValueDictionary<Integer, Object> objects;

		IdRegistry(WeakCleaner cleaner) {
			this.objects = WeakValueDictionary.<Integer, Object>builder().name("objects").cleaner(cleaner).build();
		}

		int remember(Object object) {
			int id = this.lastId.incrementAndGet();
			this.objects.put(id, object);
			return id;
		}

		@Nullable Object find(int id) {
			return this.objects.get(id);
		}

	}

	private record Image(String name, List<Byte> pixels) {
	}

	private static final class TemporaryDirectory {

		private final Path path;

		private final Finalizer<Boolean> finalizer;

		TemporaryDirectory(WeakCleaner cleaner) throws IOException {
			Path path = Files.createTempDirectory("weakref");
			this.path = path;
			this.finalizer = Finalizer.register(this, () -> delete(path), cleaner);
		}

		void remove() {
			this.finalizer.call();
		}

		boolean isRemoved() {
			return !this.finalizer.isAlive();
		}

		private static boolean delete(Path path) {
			return path.toFile().delete();
		}

	}

}
