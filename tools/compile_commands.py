"""Print compile_commands.json: the first argument is the compiler's command, the rest its files."""
import json
import os
import sys

command, *files = sys.argv[1:]
print(json.dumps([{"directory": os.getcwd(), "file": name, "command": f"{command} -c {name}"}
                  for name in dict.fromkeys(files)], indent=1))
