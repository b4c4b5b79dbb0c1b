package io.weakref.documentation;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakTargetSource;
import io.weakref.reference.Finalizer;
import io.weakref.reference.WeakMethod;
import io.weakref.reference.WeakProxy;
import io.weakref.reference.WeakRef;
import io.weakref.reference.WeakRefs;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the page for Python users against the existing methods.
 */
class PythonPageTests {

	@Test
	void everyMethodInTheTableExists() {
		Set<String> methods = Stream
			.of(WeakRef.class, WeakRefs.class, WeakProxy.class, WeakTargetSource.class, Finalizer.class,
					WeakMethod.class, WeakKeyDictionary.class, WeakValueDictionary.class, WeakSet.class)
			.flatMap((type) -> Arrays.stream(type.getMethods())
				.filter((method) -> !Modifier.isAbstract(method.getModifiers()))
				.flatMap((method) -> Stream.of(method.getName(), type.getSimpleName() + "." + method.getName())))
			.collect(Collectors.toSet());
		List<String> named = Page.named("python-to-java.md")
			.rows("Python")
			.stream()
			.flatMap((row) -> Page.codes(row.get(1)).stream())
			.filter((code) -> !code.matches("\\w*(Proxy|Ref|Exception)"))
			.map((code) -> code.replaceFirst("^r\\.", "WeakRef.").replaceFirst("\\(.*", ""))
			.toList();
		assertThat(named).hasSizeGreaterThan(30).allSatisfy((name) -> assertThat(methods).contains(name));
	}

}
