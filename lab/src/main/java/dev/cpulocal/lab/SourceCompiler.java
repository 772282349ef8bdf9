// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.Sequence;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a Java source file against this program, and keeps the classes in memory. Sources beside
 * it are compiled too where it uses them. A file without a class around its methods needs no main
 * method here.
 */
final class SourceCompiler {

    private static final String NO_MAIN = "compiler.err.implicit.class.does.not.have.main.method";
    private static final String MAIN = "\nvoid main() {}\n";

    private final Path file;
    private final Map<String, ClassBytes> classes = new LinkedHashMap<>();

    private SourceCompiler(Path file) {
        this.file = file;
    }

    /**
     * {@return the classes that a file declares, nested ones aside, in their order}
     *
     * @param file the source
     * @throws IllegalArgumentException if it does not compile; the message is the compiler's
     * @throws UncheckedIOException if it cannot be read
     */
    static List<Class<?>> compile(Path file) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalArgumentException(
                    file + ": this Java runtime has no compiler (expected: run by a JDK)");
        }
        SourceCompiler result = new SourceCompiler(file);
        List<Diagnostic<?>> messages = result.compile(compiler, "");
        if (messages.stream().anyMatch(message -> NO_MAIN.equals(message.getCode()))) {
            messages = result.compile(compiler, MAIN);
        }
        if (!messages.isEmpty()) {
            throw new IllegalArgumentException(
                    messages.stream()
                            .map(Object::toString)
                            .collect(Collectors.joining("\n", "does not compile\n", "")));
        }
        return result.load();
    }

    /** {@return the errors} */
    private List<Diagnostic<?>> compile(JavaCompiler compiler, String more) {
        classes.clear();
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(messages, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<JavaFileObject> sources = new ArrayList<>();
            files.getJavaFileObjects(file).forEach(each -> sources.add(new Source(each, more)));
            compiler.getTask(null, new Output(files), messages, options(), null, sources).call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages.getDiagnostics().stream()
                .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
                .collect(Collectors.toList());
    }

    private List<String> options() {
        return List.of(
                "-classpath",
                classPath(),
                "-sourcepath",
                Objects.requireNonNull(file.toAbsolutePath().getParent()).toString(),
                "-implicit:class",
                "-proc:none",
                "-Xlint:none");
    }

    /** This library is not on the class path where it is a module. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                System.getProperty("java.class.path"),
                location(Model.class),
                location(Sequence.class));
    }

    private static String location(Class<?> type) {
        return Path.of(
                        URI.create(
                                type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()))
                .toString();
    }

    private List<Class<?>> load() {
        ClassLoader loader = new Loader();
        List<Class<?>> loaded = new ArrayList<>();
        for (Map.Entry<String, ClassBytes> each : classes.entrySet()) {
            if (each.getValue().source.equals(file.toUri().normalize())
                    && each.getKey().indexOf('$') < 0) {
                loaded.add(load(loader, each.getKey()));
            }
        }
        return loaded;
    }

    private static Class<?> load(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The classes that were compiled, above all others. */
    private final class Loader extends ClassLoader {
        private Loader() {
            super(SourceCompiler.class.getClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            ClassBytes found = classes.get(name);
            if (found == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = found.bytes.toByteArray();
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    /** A file with something added at its end. */
    private static final class Source extends ForwardingJavaFileObject<JavaFileObject> {
        private final String more;

        private Source(JavaFileObject source, String more) {
            super(source);
            this.more = more;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            return super.getCharContent(ignoreEncodingErrors) + more;
        }
    }

    /** Takes what the compiler writes. */
    private final class Output extends ForwardingJavaFileManager<JavaFileManager> {
        private Output(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location,
                String className,
                JavaFileObject.Kind kind,
                @Nullable FileObject sibling) {
            ClassBytes output = new ClassBytes(className, Objects.requireNonNull(sibling).toUri());
            classes.put(className, output);
            return output;
        }
    }

    /** A compiled class. */
    private static final class ClassBytes extends SimpleJavaFileObject {
        private final URI source;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private ClassBytes(String className, URI source) {
            super(URI.create("memory:///" + className), Kind.CLASS);
            this.source = source;
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }
}
