package io.weakref.context;

import java.util.List;
import java.util.Objects;

import io.weakref.collection.WeakCacheKind;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * Declares a weak cache that becomes a bean.
 *
 * @param name the name of the cache and of the bean
 * @param kind the kind of the cache
 * @param types the classes of keys and values, or of the elements, as far as they are
 * known; if one is missing, the bean is injected only by name
 * @param origin where the cache is declared, in words, for messages
 * @param options sets options on the builder before customizers see it
 * @since 0.1.0
 */
public record WeakCacheDeclaration(String name, WeakCacheKind kind, List<Class<?>> types, String origin,
		WeakCacheBuilderCustomizer options) {

	public WeakCacheDeclaration {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(kind, "kind");
		Objects.requireNonNull(origin, "origin");
		Objects.requireNonNull(options, "options");
		types = List.copyOf(types);
		if (types.size() > kind.typeProperties().size()) {
			throw new IllegalArgumentException("A weak cache of kind %s has %d types, not %d".formatted(kind,
					kind.typeProperties().size(), types.size()));
		}
	}

	boolean isTyped() {
		return this.types.size() == this.kind.typeProperties().size();
	}

	@Nullable ResolvableType beanType() {
		return isTyped()
				? ResolvableType.forClassWithGenerics(this.kind.collectionType(), this.types.toArray(Class<?>[]::new))
				: null;
	}

}
