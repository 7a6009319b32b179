function w($b,$l,$z,$y,$h,$t){
if(''+$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage'){$global:LASTEXITCODE=9010;return}
try{[Net.ServicePointManager]::SecurityProtocol=4032}catch{}
$global:LASTEXITCODE=0
foreach($e in @($l.Split(','))+"HEAD $z"+"PART $z"){
$v,$u=$e.Split(' ');$p=$h;if(!$u){$v='GET';$u="$b/$e";$p=$y}
$s=$n=$c=0;$k='';$d=[DateTime]::UtcNow;$a=$null
$q=[Net.WebRequest]::Create($u);$q.Timeout=$q.ReadWriteTimeout=1000*$t;$q.AllowAutoRedirect=$false;$q.KeepAlive=$false;$q.Proxy=$null
if($v -eq 'HEAD'){$q.Method='HEAD'}
if($v -eq 'PART'){$q.AddRange(0,3)}
if($p -ne '-'){$q.Proxy=[Net.WebProxy]$p}
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
