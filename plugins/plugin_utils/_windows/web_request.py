# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second form of a batch: a function that asks a web server, for the Windows that has no curl.exe.

It is the one thing that a batch does by itself and not by a program: the .NET client of the PowerShell that carries the batch
(2.0 and later; no cmdlet is used). It prints what our call of curl.exe prints and ends with curl's codes, so that both are
read alike. Where PowerShell's language mode does not allow .NET it ends with LANGUAGE_MODE, having asked nobody.
"""

from __future__ import annotations

NAME = "w"
LANGUAGE_MODE = 9010
"""The exit code where Constrained Language Mode forbids it: no code of curl, nor of the shell."""

# w BASE PATHS CAB PROXY SECONDS: GET each of the paths (divided by commas), then HEAD and the first four bytes of the cab.
# Codes by WebExceptionStatus: 1 name of the server, 15 of the proxy, 2 connect, 14 time, 9 certificate, 10 handshake, 8 and 12
# closed without an answer; else by the socket's error (WSAE numbers) or a failed handshake; what is left broke off (56).
FUNCTION = """
function w($b,$l,$z,$y,$t){
if(''+$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage'){$global:LASTEXITCODE=LANGUAGE_MODE;return}
try{[Net.ServicePointManager]::SecurityProtocol=4032}catch{}
$global:LASTEXITCODE=0
foreach($e in @($l.Split(','))+"HEAD $z"+"PART $z"){
$v,$p=$e.Split(' ');if(!$p){$p=$v;$v='GET'}
$u="$b/$p";$s=$n=$c=0;$k='';$d=[DateTime]::UtcNow;$a=$null
$q=[Net.WebRequest]::Create($u);$q.Timeout=$q.ReadWriteTimeout=1000*$t;$q.AllowAutoRedirect=$false;$q.KeepAlive=$false;$q.Proxy=$null
if($v -eq 'HEAD'){$q.Method='HEAD'}
if($v -eq 'PART'){$q.AddRange(0,3)}
if($y -ne '-'){$q.Proxy=[Net.WebProxy]$y}
try{$a=$q.GetResponse()}catch{$x=$_.Exception
while($x.InnerException -and $x -isnot [Net.WebException]){$x=$x.InnerException}
$a=$x.Response
if(!$a){$c=@{1=6;15=5;2=7;14=28;9=60;10=35;8=52;12=52}[0+$x.Status]
while(!$c -and $x){if($x -is [Net.Sockets.SocketException]){$c=@{10061=7;10065=7;10051=7;10060=28;11001=6}[0+$x.SocketErrorCode]}
if($x -is [Security.Authentication.AuthenticationException]){$c=60};$x=$x.InnerException}
if(!$c){$c=56}}}
if($a){$s=0+$a.StatusCode;$k=$a.ContentType
if($v -eq 'HEAD'){"Content-Length: $($a.ContentLength)"}
else{try{$f=$a.GetResponseStream();$o=[Array]::CreateInstance([byte],8192)
while(($i=$f.Read($o,0,8192)) -gt 0){if($v -eq 'PART' -and !$n){[Text.Encoding]::ASCII.GetString($o,0,[Math]::Min(4,$i))};$n+=$i}
if($a.ContentLength -gt $n){$c=18}}catch{$c=18}}
$a.Close()}
$m=([DateTime]::UtcNow-$d).TotalSeconds
"wsus|$u|$s|0||$n|1|$(0+!(7,28 -contains $c))|1|$m|$k"
if($c){$global:LASTEXITCODE=$c;return}}}
""".strip().replace("LANGUAGE_MODE", str(LANGUAGE_MODE))
